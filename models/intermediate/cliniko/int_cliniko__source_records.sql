{#
    One row for each raw row of each entity, and one for every raw row that feeds none: `supporting`
    where another record needs it, else `unused` with its reason.
#}
with

records_shaped as (

    select * from {{ ref('int_cliniko__records_shaped') }}

),

left_over as (

    {{ records_left_over('cliniko') }}

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
    from left_over

)

select * from unioned
