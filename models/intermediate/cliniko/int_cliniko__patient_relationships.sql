{# Whom to call in an emergency, in the clinic contract's columns: one field of the chart. #}
with

patients as (

    select * from {{ ref('stg_cliniko__patients') }}
    where emergency_contact is not null

),

shaped as (

    select
        {{ clinic_key('source_system', 'patient_relationship', 'patient_id') }}
            as patient_relationship_key,
        source_system,
        patient_id as source_id,
        {{ clinic_key('source_system', 'patient', 'patient_id') }} as patient_key,
        cast(null as varchar) as related_patient_key,
        emergency_contact as related_name,
        'ECON' as relationship_code,
        cast(null as varchar) as phone,
        cast(null as varchar) as email,
        true as is_active,
        created_at,
        modified_at
    from patients

)

select * from shaped
