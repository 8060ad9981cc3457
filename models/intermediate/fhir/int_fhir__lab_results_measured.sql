{#
    What each laboratory result says. The text is what the laboratory wrote, to the last zero; the
    number beside it is for calculating. Abnormal is what the interpretation says; without a known
    one, a number outside of its stated range; otherwise unknown (null).
#}
with

observations as (

    select * from {{ ref('stg_fhir__observations') }}

),

laboratory as (

    select * from {{ ref('int_fhir__laboratory_observations_chosen') }}

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

interpretations as (

    select * from {{ ref('fhir_interpretations') }}

),

numbered as (

    select
        observations.source_system,
        observations.observation_id,
        observations.comparator,
        observations.interpretation_code,
        coalesce(
            coalesce(observations.comparator, '') || observations.quantity_text,
            observations.other_value_text,
            components.component_texts
        ) as result_text,
        coalesce(
            observations.reference_range_text,
            observations.reference_low_text || ' - ' || observations.reference_high_text,
            '>= ' || observations.reference_low_text,
            '<= ' || observations.reference_high_text
        ) as reference_range,
        try_cast(
            coalesce(observations.quantity_text, observations.integer_text) as decimal(28, 10)
        ) as result_number,
        try_cast(observations.reference_low_text as decimal(28, 10)) as reference_low,
        try_cast(observations.reference_high_text as decimal(28, 10)) as reference_high,
        laboratory.resulted_date,
        laboratory.resulted_at
    from observations
    inner join laboratory
        on
            observations.source_system = laboratory.source_system
            and observations.observation_id = laboratory.observation_id
    left join components
        on
            observations.source_system = components.source_system
            and observations.observation_id = components.observation_id

),

measured as (

    select
        numbered.source_system,
        numbered.observation_id,
        numbered.result_text,
        numbered.reference_range,
        numbered.result_number,
        coalesce(
            interpretations.is_abnormal,
            {# `<0.5` against a low of 0.4 says nothing: only a plain number is compared. #}
            case
                when numbered.comparator is not null or numbered.result_number is null then null
                when numbered.result_number < numbered.reference_low then true
                when numbered.result_number > numbered.reference_high then true
                when coalesce(numbered.reference_low, numbered.reference_high) is not null
                    then false
            end
        ) as is_abnormal,
        numbered.resulted_date,
        numbered.resulted_at
    from numbered
    left join interpretations
        on upper(numbered.interpretation_code) = interpretations.interpretation_code

)

select * from measured
