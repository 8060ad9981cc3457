{#
    Which observations are laboratory results: those with the category `laboratory`. Vital signs,
    surveys and the like have no place in Lab_Result__c (int_fhir__source_records names them).
    A result is dated by its issue, else by when the sample was taken.
#}
with

observations as (

    select * from {{ ref('stg_fhir__observations') }}

),

categories as (

    select
        source_system,
        observation_id
    from {{ ref('stg_fhir__observations__categories') }}
    where category_code = 'laboratory' or second_category_code = 'laboratory'
    group by source_system, observation_id

),

dated as (

    select
        observations.source_system,
        observations.observation_id,
        coalesce(observations.issued_at_text, observations.effective_at_text) as resulted_at_text
    from observations
    inner join categories
        on
            observations.source_system = categories.source_system
            and observations.observation_id = categories.observation_id

),

chosen as (

    select
        source_system,
        observation_id,
        resulted_at_text,
        {{ fhir_date('resulted_at_text') }} as resulted_date,
        {{ fhir_timestamp('resulted_at_text') }} as resulted_at
    from dated

)

select * from chosen
