{#
    One row for each raw record of each entity, and one for every raw record that feeds none:
    `supporting` where another record needs it, else `unused` with its reason. So the distinct
    (raw_table, source_system, raw_id) here are the raw rows, no more and no less; the singular
    test assert_source_records_cover_every_raw_row says so.
#}
with

records_shaped as (

    select * from {{ ref('int_fhir__records_shaped') }}

),

custom_field_values as (

    select * from {{ ref('int_fhir__custom_field_values') }}

),

left_over as (

    select * from {{ ref('int_fhir__records_left_over') }}

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
        'custom_field_values' as entity,
        custom_field_value_key as record_key,
        source_system,
        lower(regexp_replace(resource_type, '([a-z])([A-Z])', '\1_\2', 'g')) as raw_table,
        resource_id as raw_id,
        excluded_reason,
        case when excluded_reason is not null then resource_type || '.' || field_name end
            as excluded_detail
    from custom_field_values

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
