{# One row per member of an explained claim's care team. #}
with

explanations_of_benefit as (

    select * from {{ ref('stg_fhir__explanations_of_benefit') }}

),

exploded as (

    {{ explode_json(
        'explanations_of_benefit',
        ['source_system', 'explanation_of_benefit_id'],
        'care_team_json'
    ) }}

),

extracted as (

    select
        source_system,
        explanation_of_benefit_id,
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
        explanation_of_benefit_id,
        ordinal,
        texts['provider'] as provider_reference,
        try_cast(texts['sequence'] as bigint) as care_team_sequence
    from extracted

)

select * from renamed
