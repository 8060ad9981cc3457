{# One row per tag of a document. #}
with

document_references as (

    select * from {{ ref('stg_fhir__document_references') }}

),

exploded as (

    {{ explode_json(
        'document_references',
        ['source_system', 'document_reference_id'],
        'tags_json'
    ) }}

),

extracted as (

    select
        source_system,
        document_reference_id,
        ordinal,
        {{ json_texts('element', {
            'system': '$.system',
            'code': '$.code',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        document_reference_id,
        ordinal,
        texts['system'] as tag_system,
        texts['code'] as tag_code
    from extracted

)

select * from renamed
