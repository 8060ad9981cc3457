{# Medicare numbers of charts in the clinic contract's columns: the only insurance that is one. #}
with

patients as (

    select * from {{ ref('stg_cliniko__patients') }}
    where medicare_number is not null

),

shaped as (

    select
        {{ clinic_key('source_system', 'coverage', ["'medicare'", 'patient_id']) }} as coverage_key,
        source_system,
        'medicare/' || patient_id as source_id,
        {{ clinic_key('source_system', 'patient', 'patient_id') }} as patient_key,
        {{ clinic_key('source_system', 'payer', "'medicare'") }} as payer_key,
        {{ clinic_key('source_system', 'patient', 'patient_id') }} as subscriber_patient_key,
        nullif(concat_ws(' ', given_name, family_name), '') as subscriber_name,
        concat_ws('-', medicare_number, medicare_reference_number) as member_id,
        cast(null as varchar) as group_number,
        'Medicare' as plan_name,
        'self' as relationship_code,
        'primary' as coverage_type,
        cast(1 as bigint) as coverage_order,
        'active' as status_code,
        cast(null as date) as effective_date,
        cast(null as date) as termination_date,
        created_at,
        modified_at,
        patient_id as raw_id
    from patients

)

select * from shaped
