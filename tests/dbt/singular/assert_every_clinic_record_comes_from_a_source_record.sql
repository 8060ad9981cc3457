{# The clinic contract holds no record that the audit would not count, and none twice. #}
with

settled as (

    select * from {{ ref('int_records_settled') }}

),

source_records as (

    select * from {{ ref('int_clinic__source_records') }}

),

uncounted as (

    select
        settled.entity,
        settled.record_key

    from settled

    left join source_records
        on
            settled.entity = source_records.entity
            and settled.record_key = source_records.record_key

    where source_records.record_key is null or source_records.excluded_reason is not null

)

select * from uncounted
