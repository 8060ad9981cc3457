{#
    Prescriptions in the clinic contract's columns. The medication's name is the prescription's own
    words, else those of the Medication it contains, else its code's display.
#}
with

medication_requests as (

    select * from {{ ref('stg_fhir__medication_requests') }}

),

codings as (

    select
        source_system,
        medication_request_id,
        min_by(code_description, ordinal) as code_description,
        min_by(code, ordinal) filter (where code_system like '%/rxnorm') as rxnorm_code
    from {{ ref('stg_fhir__medication_requests__codings') }}
    group by source_system, medication_request_id

),

contained as (

    select * from {{ ref('stg_fhir__medication_requests__contained') }}
    where resource_type = 'Medication'

),

references_resolved as (

    select * from {{ ref('int_fhir__practitioner_references_resolved') }}

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'MedicationRequest'

),

shaped as (

    select
        {{ clinic_key(
            'medication_requests.source_system',
            'prescription',
            'medication_requests.medication_request_id'
        ) }} as prescription_key,
        medication_requests.source_system,
        medication_requests.medication_request_id as source_id,
        {{ clinic_key(
            'medication_requests.source_system', 'patient', 'medication_requests.patient_id'
        ) }} as patient_key,
        {{ clinic_key(
            'medication_requests.source_system', 'provider', 'references_resolved.practitioner_id'
        ) }} as provider_key,
        coalesce(
            medication_requests.medication_text,
            contained.code_description,
            codings.code_description,
            medication_requests.medication_display,
            codings.rxnorm_code,
            contained.code
        ) as medication_name,
        coalesce(
            codings.rxnorm_code,
            case when contained.code_system like '%/rxnorm' then contained.code end
        ) as rxnorm_code,
        coalesce(
            medication_requests.dosage_text,
            medication_requests.dose_value_text
            || coalesce(' ' || medication_requests.dose_unit, '')
        ) as dosage,
        coalesce(
            medication_requests.timing_text,
            medication_requests.timing_code,
            medication_requests.frequency_text
            || ' per '
            || medication_requests.period_text
            || ' '
            || medication_requests.period_unit
        ) as frequency,
        medication_requests.quantity,
        medication_requests.refills,
        medication_requests.status_code,
        medication_requests.note,
        medication_requests.issued_date,
        coalesce(extensions.created_at, medication_requests.created_at) as created_at,
        medication_requests.modified_at
    from medication_requests
    left join codings
        on
            medication_requests.source_system = codings.source_system
            and medication_requests.medication_request_id = codings.medication_request_id
    left join contained
        on
            medication_requests.source_system = contained.source_system
            and medication_requests.medication_request_id = contained.medication_request_id
            and medication_requests.medication_reference = '#' || contained.contained_id
    left join references_resolved
        on
            medication_requests.source_system = references_resolved.source_system
            and medication_requests.requester_reference = references_resolved.reference
    left join extensions
        on
            medication_requests.source_system = extensions.source_system
            and medication_requests.medication_request_id = extensions.resource_id

)

select * from shaped
