{# One row per part of a communication's text. #}
with

communications as (

    select * from {{ ref('stg_fhir__communications') }}

),

exploded as (

    {{ explode_json('communications', ['source_system', 'communication_id'], 'payloads_json') }}

),

extracted as (

    select
        source_system,
        communication_id,
        ordinal,
        {{ json_texts('element', {
            'content': '$.contentString',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        communication_id,
        ordinal,
        texts['content'] as payload_text
    from extracted

)

select * from renamed
