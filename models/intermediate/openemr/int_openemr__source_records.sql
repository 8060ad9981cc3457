{#
    One row for each raw row of each entity, and one for every raw row that feeds none: `supporting`
    where another record needs it, else `unused` with its reason. What a rule of its own keeps out
    says that rule's reason, not its table's.
#}
with

records_shaped as (

    select * from {{ ref('int_openemr__records_shaped') }}

),

excluded as (

    select * from {{ ref('int_openemr__records_excluded') }}

),

left_over as (

    {{ records_left_over('openemr') }}

),

explained as (

    select
        left_over.entity,
        left_over.record_key,
        left_over.source_system,
        left_over.raw_table,
        left_over.raw_id,
        case
            when left_over.entity = 'unused'
                then coalesce(excluded.excluded_reason, left_over.excluded_reason)
        end as excluded_reason,
        case
            when left_over.entity = 'unused'
                then coalesce(excluded.excluded_detail, left_over.excluded_detail)
        end as excluded_detail
    from left_over
    left join excluded
        on
            left_over.source_system = excluded.source_system
            and left_over.raw_table = excluded.raw_table
            and left_over.raw_id = excluded.raw_id

),

unioned as (

    select
        entity,
        record_key,
        source_system,
        raw_table,
        raw_id,
        cast(null as varchar) as excluded_reason,
        cast(null as varchar) as excluded_detail
    from records_shaped

    union all

    select
        entity,
        record_key,
        source_system,
        raw_table,
        raw_id,
        excluded_reason,
        excluded_detail
    from explained

)

select * from unioned
