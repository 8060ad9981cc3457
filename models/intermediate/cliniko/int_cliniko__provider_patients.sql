{#
    Who looks after whom: whoever has an appointment with the patient that was not called off. One
    row per pair.
#}
with

pairs as (

    select
        source_system,
        provider_key,
        patient_key,
        min(created_at) as created_at,
        max(modified_at) as modified_at
    from {{ ref('int_cliniko__appointments') }}
    where provider_key is not null and patient_key is not null and status_code != 'cancelled'
    group by source_system, provider_key, patient_key

),

shaped as (

    select
        {{ derived_key(['provider_key', 'patient_key'], 'provider_patient') }}
            as provider_patient_key,
        source_system,
        split_part(provider_key, ':', 3) || '/' || split_part(patient_key, ':', 3) as source_id,
        provider_key,
        patient_key,
        'treating' as role,
        created_at,
        modified_at
    from pairs

)

select * from shaped
