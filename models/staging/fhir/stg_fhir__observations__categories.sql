{# One row per category of an observation. #}
with

observations as (

    select * from {{ ref('stg_fhir__observations') }}

),

exploded as (

    {{ explode_json('observations', ['source_system', 'observation_id'], 'categories_json') }}

),

extracted as (

    select
        source_system,
        observation_id,
        ordinal,
        {{ json_texts('element', {
            'code_1': '$.coding[0].code',
            'code_2': '$.coding[1].code',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        observation_id,
        ordinal,
        texts['code_1'] as category_code,
        texts['code_2'] as second_category_code
    from extracted

)

select * from renamed
