{# One row per recipient of a communication. #}
with

communications as (

    select * from {{ ref('stg_fhir__communications') }}

),

exploded as (

    {{ explode_json('communications', ['source_system', 'communication_id'], 'recipients_json') }}

),

extracted as (

    select
        source_system,
        communication_id,
        ordinal,
        {{ json_texts('element', {
            'recipient': '$.reference',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        communication_id,
        ordinal,
        texts['recipient'] as recipient_reference
    from extracted

)

select * from renamed
