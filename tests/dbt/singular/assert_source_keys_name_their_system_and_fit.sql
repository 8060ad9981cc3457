{# Every key begins with its system, and fits Clinic_Id__c (255 characters). #}
with

source_records as (

    select * from {{ ref('int_clinic__source_records') }}

),

misfits as (

    select
        entity,
        record_key
    from source_records
    where
        record_key is null
        or not starts_with(record_key, source_system || ':')
        or length(record_key) > 255

)

select * from misfits
