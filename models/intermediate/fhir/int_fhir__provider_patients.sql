{#
    Who looks after whom: the chart's own practitioner is `primary`; whoever has an appointment with
    the patient that was not called off is `treating`. One row per pair, primary before treating.
#}
with

patients as (

    select * from {{ ref('int_fhir__patients') }}
    where primary_provider_key is not null

),

appointments as (

    select * from {{ ref('int_fhir__appointments') }}
    where
        provider_key is not null
        and patient_key is not null
        and coalesce(status_code, '') not in ('cancelled', 'entered-in-error')

),

participants as (

    select * from {{ ref('int_fhir__appointment_participants_chosen') }}

),

references_resolved as (

    select * from {{ ref('int_fhir__practitioner_references_resolved') }}

),

charts as (

    select * from {{ ref('stg_fhir__patients') }}

),

pairs as (

    select
        charts.source_system,
        references_resolved.practitioner_id,
        charts.patient_id,
        'primary' as standing,
        patients.created_at,
        patients.modified_at
    from charts
    inner join patients
        on
            charts.source_system = patients.source_system
            and charts.patient_id = patients.source_id
    inner join references_resolved
        on
            charts.source_system = references_resolved.source_system
            and charts.general_practitioner_reference = references_resolved.reference

    union all

    select
        participants.source_system,
        participants.practitioner_id,
        participants.patient_id,
        'treating' as standing,
        appointments.created_at,
        appointments.modified_at
    from participants
    inner join appointments
        on
            participants.source_system = appointments.source_system
            and participants.appointment_id = appointments.source_id

),

deduplicated as (

    select
        source_system,
        practitioner_id,
        patient_id,
        min(standing) as standing,
        min(created_at) as created_at,
        max(modified_at) as modified_at
    from pairs
    group by source_system, practitioner_id, patient_id

),

shaped as (

    select
        {{ clinic_key('source_system', 'provider_patient', ['practitioner_id', 'patient_id']) }}
            as provider_patient_key,
        source_system,
        practitioner_id || '/' || patient_id as source_id,
        {{ clinic_key('source_system', 'provider', 'practitioner_id') }} as provider_key,
        {{ clinic_key('source_system', 'patient', 'patient_id') }} as patient_key,
        {# `role` is the clinic contract's name. #}
        standing as role,
        created_at,
        modified_at
    from deduplicated

)

select * from shaped
