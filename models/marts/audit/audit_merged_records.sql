{# Records that another record stands for, and which one. #}
with

settled as (

    select * from {{ ref('int_records_settled') }}

    where survivor_key is not null and excluded_reason is null

),

custom_values as (

    select * from {{ ref('int_custom_field_values') }}

),

merged_records as (

    select
        entity,
        record_key,
        survivor_key

    from settled

),

merged_values as (

    select
        'custom_field_values' as entity,
        custom_values.custom_field_value_key as record_key,
        {{ custom_field_value_key('merged_records.survivor_key', 'custom_values.field_name') }}
            as survivor_key

    from custom_values

    inner join merged_records
        on
            custom_values.entity = merged_records.entity
            and custom_values.record_key = merged_records.record_key

),

united as (

    select * from merged_records

    union all

    select * from merged_values

)

select * from united
