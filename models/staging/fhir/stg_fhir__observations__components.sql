{# One row per part of an observation that has parts (a panel, a blood pressure). #}
with

observations as (

    select * from {{ ref('stg_fhir__observations') }}

),

exploded as (

    {{ explode_json('observations', ['source_system', 'observation_id'], 'components_json') }}

),

extracted as (

    select
        source_system,
        observation_id,
        ordinal,
        {{ json_texts('element', {
            'text': '$.code.text',
            'display': '$.code.coding[0].display',
            'quantity': '$.valueQuantity.value',
            'comparator': '$.valueQuantity.comparator',
            'unit': '$.valueQuantity.unit',
            'string': '$.valueString',
            'concept_text': '$.valueCodeableConcept.text',
            'concept_display': '$.valueCodeableConcept.coding[0].display',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        observation_id,
        ordinal,
        coalesce(texts['text'], texts['display']) as component_name,
        coalesce(
            coalesce(texts['comparator'], '')
            || texts['quantity']
            || coalesce(' ' || texts['unit'], ''),
            texts['string'],
            texts['concept_text'],
            texts['concept_display']
        ) as component_value
    from extracted

)

select * from renamed
