{# No birth date is lost in silence: one that was written and not read has a quality flag. #}
with

patients as (

    select * from {{ ref('stg_fhir__patients') }}
    where birth_date_text is not null and birth_date is null

),

shaped as (

    select * from {{ ref('int_fhir__patients') }}

),

flags as (

    select * from {{ ref('int_fhir__quality_flags') }}
    where entity = 'patients' and column_name = 'birth_date' and flag = 'unreadable_date'

),

silent as (

    select shaped.patient_key
    from patients
    inner join shaped
        on
            patients.source_system = shaped.source_system
            and patients.patient_id = shaped.source_id
    left join flags
        on shaped.patient_key = flags.record_key
    where flags.record_key is null

)

select * from silent
