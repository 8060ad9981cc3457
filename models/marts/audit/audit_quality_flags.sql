{#
    What is odd about records that were loaded all the same: nothing here is dropped, and nothing
    here was repaired in silence. Grain: one row per record, flag and field.
#}
with

excluded_records as (

    select * from {{ ref('audit_excluded_records') }}

),

flags as (

    select * from {{ ref('audit_code_flags') }}

    union all

    select * from {{ ref('audit_reference_flags') }}

    union all

    select * from {{ ref('audit_record_flags') }}

    union all

    select * from {{ ref('audit_text_flags') }}

    union all

    select * from {{ ref('audit_encoding_flags') }}

    union all

    select
        entity,
        record_key,
        flag,
        column_name as field,
        cast(null as string) as detail

    from {{ ref('int_clinic__quality_flags') }}

),

loaded_flags as (

    select
        flags.entity,
        flags.record_key,
        flags.flag,
        flags.field,
        flags.detail

    from flags

    left join excluded_records
        on
            flags.entity = excluded_records.entity
            and flags.record_key = excluded_records.record_key

    where excluded_records.record_key is null

)

select * from loaded_flags
