{#
    Every record that is not loaded, with one reason of the closed list. What the source's own
    models already set aside comes first, then what the clinic contract's rules decide, then custom
    fields.
#}
with

source_records as (

    select * from {{ ref('int_clinic__source_records') }}

    where excluded_reason is not null

),

settled as (

    select * from {{ ref('int_records_settled') }}

    where excluded_reason is not null

),

merged_records as (

    select * from {{ ref('audit_merged_records') }}

),

custom_values as (

    select * from {{ ref('int_custom_field_values') }}

),

declined_fields as (

    select * from {{ ref('declined_custom_fields') }}

),

excluded_values as (

    select
        'custom_field_values' as entity,
        custom_values.custom_field_value_key as record_key,
        case
            when settled.record_key is not null then 'record_excluded'
            when custom_values.column_name is null and declined_fields.reason is not null
                then 'custom_field_declined'
            when custom_values.column_name is null then 'custom_field_not_mapped'
            when custom_values.is_reserved then 'reserved_text'
            else 'custom_field_not_castable'
        end as reason,
        custom_values.field_name as detail

    from custom_values

    left join settled
        on
            custom_values.entity = settled.entity
            and custom_values.record_key = settled.record_key

    left join merged_records
        on
            custom_values.entity = merged_records.entity
            and custom_values.record_key = merged_records.record_key

    left join declined_fields
        on
            custom_values.entity = declined_fields.entity
            and custom_values.field_name = declined_fields.field_name

    where
        merged_records.record_key is null
        and (
            settled.record_key is not null
            or custom_values.column_name is null
            or not custom_values.is_castable
        )

),

united as (

    select
        entity,
        coalesce(record_key, raw_table || '/' || raw_id) as record_key,
        source_system,
        excluded_reason as reason,
        excluded_detail as detail

    from source_records

    union all

    select
        entity,
        record_key,
        source_system,
        excluded_reason as reason,
        cast(null as string) as detail

    from settled

    union all

    select
        entity,
        record_key,
        split_part(record_key, ':', 1) as source_system,
        reason,
        detail

    from excluded_values

)

select * from united
