{#
    Records with a text that was encoded as UTF-8 twice in the source. The raw rows stay as they came;
    `repaired` says that the clinic's records have what was meant (CLINIC_REPAIR_TEXT).
#}
with

raw_records as (

    select * from {{ ref('int_clinic__raw_records') }}

),

source_records as (

    select * from {{ ref('int_clinic__source_records') }}

),

flags as (

    select
        source_records.entity,
        source_records.record_key,
        'text_encoded_twice' as flag,
        cast(null as string) as field,
        '{{ "repaired" if var("repair_text") == "yes" else "as it came" }}' as detail

    from source_records

    inner join raw_records
        on
            source_records.source_system = raw_records.source_system
            and source_records.raw_table = raw_records.raw_table
            and source_records.raw_id = raw_records.raw_id

    where
        raw_records.has_text_encoded_twice
        {# Its record is told already. #}
        and source_records.entity != 'custom_field_values'

    group by source_records.entity, source_records.record_key

)

select * from flags
