{# One row per member of a claim's care team. #}
with

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

exploded as (

    {{ explode_json('claims', ['source_system', 'claim_id'], 'care_team_json') }}

),

extracted as (

    select
        source_system,
        claim_id,
        ordinal,
        {{ json_texts('element', {
            'sequence': '$.sequence',
            'provider': '$.provider.reference',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        claim_id,
        ordinal,
        texts['provider'] as provider_reference,
        try_cast(texts['sequence'] as bigint) as care_team_sequence
    from extracted

)

select * from renamed
