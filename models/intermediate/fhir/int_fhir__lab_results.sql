{#
    Laboratory results in the clinic contract's columns; what they say is measured before. The provider
    is who performed the test, else who ordered it.
#}
with

observations as (

    select * from {{ ref('stg_fhir__observations') }}

),

loinc_codes as (

    select
        source_system,
        observation_id,
        min_by(code, ordinal) as loinc_code,
        min_by(code_description, ordinal) as code_description
    from {{ ref('stg_fhir__observations__codings') }}
    where code_system like '%//loinc.org%'
    group by source_system, observation_id

),

orders as (

    select * from {{ ref('int_fhir__lab_orders_chosen') }}

),

performers as (

    select * from {{ ref('int_fhir__practitioner_references_resolved') }}

),

requesters as (

    select * from {{ ref('int_fhir__practitioner_references_resolved') }}

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'Observation'

),

measured as (

    select * from {{ ref('int_fhir__lab_results_measured') }}

),

shaped as (

    select
        {{ clinic_key(
            'observations.source_system', 'lab_result', 'observations.observation_id'
        ) }} as lab_result_key,
        observations.source_system,
        observations.observation_id as source_id,
        {{ clinic_key('observations.source_system', 'patient', 'observations.patient_id') }}
            as patient_key,
        {{ clinic_key(
            'observations.source_system',
            'provider',
            'coalesce(performers.practitioner_id, requesters.practitioner_id)'
        ) }} as provider_key,
        coalesce(observations.test_name, loinc_codes.code_description, loinc_codes.loinc_code)
            as test_name,
        loinc_codes.loinc_code,
        measured.result_text,
        measured.result_number,
        observations.comparator,
        observations.unit,
        measured.reference_range,
        observations.interpretation_code,
        measured.is_abnormal,
        observations.status_code,
        orders.ordered_date,
        measured.resulted_date,
        measured.resulted_at,
        coalesce(extensions.created_at, measured.resulted_at) as created_at,
        observations.modified_at
    from observations
    inner join measured
        on
            observations.source_system = measured.source_system
            and observations.observation_id = measured.observation_id
    left join loinc_codes
        on
            observations.source_system = loinc_codes.source_system
            and observations.observation_id = loinc_codes.observation_id
    left join orders
        on
            observations.source_system = orders.source_system
            and observations.observation_id = orders.observation_id
    left join performers
        on
            observations.source_system = performers.source_system
            and observations.performer_reference = performers.reference
    left join requesters
        on
            orders.source_system = requesters.source_system
            and orders.requester_reference = requesters.reference
    left join extensions
        on
            observations.source_system = extensions.source_system
            and observations.observation_id = extensions.resource_id

)

select * from shaped
