{#
    Who looks after whom: the chart's own provider is `primary`, whoever has an appointment with the
    patient that was not called off is `treating`. One row per pair, primary before treating.
#}
with

pairs as (

    select
        source_system,
        primary_provider_key as provider_key,
        patient_key,
        'primary' as standing,
        created_at,
        modified_at
    from {{ ref('int_openemr__patients') }}
    where primary_provider_key is not null

    union all

    select
        source_system,
        provider_key,
        patient_key,
        'treating' as standing,
        created_at,
        modified_at
    from {{ ref('int_openemr__appointments') }}
    where provider_key is not null and status_code != 'cancelled'

),

summed as (

    select
        source_system,
        provider_key,
        patient_key,
        min(standing) as standing,
        min(created_at) as created_at,
        max(modified_at) as modified_at
    from pairs
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
        standing as role,
        created_at,
        modified_at
    from summed

)

select * from shaped
