{#
    One row for each raw row of each entity, and one for every raw row that feeds none: `supporting`
    where another record needs it, else `unused` with its reason.
#}
with

raw_records as (

    select * from {{ ref('int_cliniko__raw_records') }}

),

records_shaped as (

    select * from {{ ref('int_cliniko__records_shaped') }}

),

shaped_once as (

    select
        source_system,
        raw_table,
        raw_id
    from records_shaped
    group by source_system, raw_table, raw_id

),

supporting as (

    select * from {{ ref('int_cliniko__records_supporting') }}

),

reasons as (

    select * from {{ ref('cliniko_unused_reasons') }}

),

left_over as (

    select
        raw_records.source_system,
        raw_records.raw_table,
        raw_records.raw_id,
        supporting.raw_id is not null as is_supporting,
        coalesce(reasons.excluded_reason, 'no_clinic_entity') as excluded_reason,
        reasons.excluded_detail
    from raw_records
    left join shaped_once
        on
            raw_records.source_system = shaped_once.source_system
            and raw_records.raw_table = shaped_once.raw_table
            and raw_records.raw_id = shaped_once.raw_id
    left join supporting
        on
            raw_records.source_system = supporting.source_system
            and raw_records.raw_table = supporting.raw_table
            and raw_records.raw_id = supporting.raw_id
    left join reasons on raw_records.raw_table = reasons.raw_table
    where shaped_once.raw_id is null

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
        case when is_supporting then 'supporting' else 'unused' end as entity,
        source_system || ':' || raw_table || ':' || {{ clinic_key_part('raw_id') }} as record_key,
        source_system,
        raw_table,
        raw_id,
        case when not is_supporting then excluded_reason end as excluded_reason,
        case when not is_supporting then excluded_detail end as excluded_detail
    from left_over

)

select * from unioned
