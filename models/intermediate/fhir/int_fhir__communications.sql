{#
    Calls, messages and letters in the clinic contract's columns. Inbound is what a patient or a
    relative sent. Without a sender, a message that was addressed to somebody of the patient's side
    is outbound.
#}
with

communications as (

    select * from {{ ref('stg_fhir__communications') }}

),

payloads as (

    select
        source_system,
        communication_id,
        string_agg(payload_text, chr(10) || chr(10) order by ordinal) as body
    from {{ ref('stg_fhir__communications__payloads') }}
    group by source_system, communication_id

),

addressed_to_the_patient as (

    select
        source_system,
        communication_id
    from {{ ref('stg_fhir__communications__recipients') }}
    where {{ fhir_reference_type('recipient_reference') }} in ('Patient', 'RelatedPerson')
    group by source_system, communication_id

),

references_resolved as (

    select * from {{ ref('int_fhir__practitioner_references_resolved') }}

),

patients as (

    select * from {{ ref('stg_fhir__patients') }}

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'Communication'

),

shaped as (

    select
        {{ clinic_key(
            'communications.source_system', 'communication', 'communications.communication_id'
        ) }} as communication_key,
        communications.source_system,
        communications.communication_id as source_id,
        {{ clinic_key('communications.source_system', 'patient', 'communications.patient_id') }}
            as patient_key,
        {{ clinic_key(
            'communications.source_system', 'provider', 'references_resolved.practitioner_id'
        ) }} as sender_provider_key,
        communications.medium_code,
        case
            when
                {{ fhir_reference_type('communications.sender_reference') }}
                in ('Patient', 'RelatedPerson')
                or patients.patient_id is not null
                then 'inbound'
            when communications.sender_reference is not null then 'outbound'
            when addressed_to_the_patient.communication_id is not null then 'outbound'
        end as direction,
        communications.topic,
        payloads.body,
        communications.status_code,
        communications.sent_at,
        communications.received_at,
        coalesce(extensions.created_at, communications.sent_at, communications.received_at)
            as created_at,
        communications.modified_at
    from communications
    left join payloads
        on
            communications.source_system = payloads.source_system
            and communications.communication_id = payloads.communication_id
    left join addressed_to_the_patient
        on
            communications.source_system = addressed_to_the_patient.source_system
            and communications.communication_id = addressed_to_the_patient.communication_id
    left join references_resolved
        on
            communications.source_system = references_resolved.source_system
            and communications.sender_reference = references_resolved.reference
    left join patients
        on
            communications.source_system = patients.source_system
            and communications.sender_reference = 'urn:uuid:' || patients.patient_id
    left join extensions
        on
            communications.source_system = extensions.source_system
            and communications.communication_id = extensions.resource_id

)

select * from shaped
