{# One row per code of an observation. #}
with

observations as (

    select * from {{ ref('stg_fhir__observations') }}

),

exploded as (

    {{ explode_json('observations', ['source_system', 'observation_id'], 'codings_json') }}

),

extracted as (

    select
        source_system,
        observation_id,
        ordinal,
        {{ json_texts('element', {
            'system': '$.system',
            'code': '$.code',
            'display': '$.display',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        observation_id,
        ordinal,
        texts['system'] as code_system,
        texts['code'] as code,
        texts['display'] as code_description
    from extracted

)

select * from renamed
