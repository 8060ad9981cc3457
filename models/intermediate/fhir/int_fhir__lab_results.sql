{#
    Laboratory results in the clinic contract's columns. `result_text` is what the laboratory wrote,
    to the last zero; the number beside it is for calculating. Abnormal is what the interpretation
    says; without a known one, a number outside of its stated range; otherwise unknown (null).
#}
with

observations as (

    select * from {{ ref('stg_fhir__observations') }}

),

laboratory as (

    select * from {{ ref('int_fhir__laboratory_observations_chosen') }}

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

components as (

    select
        source_system,
        observation_id,
        string_agg(
            coalesce(component_name || ': ', '') || component_value, '; ' order by ordinal
        ) as component_texts
    from {{ ref('stg_fhir__observations__components') }}
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

interpretations as (

    select * from {{ ref('fhir_interpretations') }}

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'Observation'

),

measured as (

    select
        observations.source_system,
        observations.observation_id,
        laboratory.resulted_date,
        laboratory.resulted_at,
        try_cast(
            coalesce(observations.quantity_text, observations.integer_text) as decimal(28, 10)
        ) as result_number,
        try_cast(observations.reference_low_text as decimal(28, 10)) as reference_low,
        try_cast(observations.reference_high_text as decimal(28, 10)) as reference_high,
        coalesce(
            observations.reference_range_text,
            observations.reference_low_text || ' - ' || observations.reference_high_text,
            '>= ' || observations.reference_low_text,
            '<= ' || observations.reference_high_text
        ) as reference_range
    from observations
    inner join laboratory
        on
            observations.source_system = laboratory.source_system
            and observations.observation_id = laboratory.observation_id

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
        coalesce(
            coalesce(observations.comparator, '') || observations.quantity_text,
            observations.other_value_text,
            components.component_texts
        ) as result_text,
        measured.result_number,
        observations.comparator,
        observations.unit,
        measured.reference_range,
        observations.interpretation_code,
        coalesce(
            interpretations.is_abnormal,
            {# `<0.5` against a low of 0.4 says nothing: only a plain number is compared. #}
            case
                when observations.comparator is not null or measured.result_number is null then null
                when measured.result_number < measured.reference_low then true
                when measured.result_number > measured.reference_high then true
                when coalesce(measured.reference_low, measured.reference_high) is not null
                    then false
            end
        ) as is_abnormal,
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
    left join components
        on
            observations.source_system = components.source_system
            and observations.observation_id = components.observation_id
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
    left join interpretations
        on upper(observations.interpretation_code) = interpretations.interpretation_code
    left join extensions
        on
            observations.source_system = extensions.source_system
            and observations.observation_id = extensions.resource_id

)

select * from shaped
