{#
    Where each source record arrived: its entity's primary row, looked up in the mart itself, so
    that a row missing from a mart is a record without a target.
#}
with

source_records as (

    select * from {{ ref('int_clinic__source_records') }}

),

entities as (

    select * from {{ ref('clinic_entities') }}

),

mart_rows as (

    {{ union_of_mart_keys() }}

),

custom_values as (

    {{ union_of_loaded_custom_values() }}

),

targets as (

    select
        source_records.entity,
        source_records.record_key,
        entities.sobject,
        mart_rows.clinic_id

    from source_records

    inner join entities on source_records.entity = entities.entity

    inner join mart_rows
        on
            entities.sobject = mart_rows.sobject
            and source_records.record_key = mart_rows.record_key

    union all

    select
        'custom_field_values' as entity,
        {{ custom_field_value_key('custom_values.record_key', 'custom_values.field_name') }}
            as record_key,
        custom_values.sobject,
        custom_values.record_key as clinic_id

    from custom_values

)

select * from targets
