{# One row per category of a document. #}
with

document_references as (

    select * from {{ ref('stg_fhir__document_references') }}

),

exploded as (

    {{ explode_json(
        'document_references',
        ['source_system', 'document_reference_id'],
        'categories_json'
    ) }}

),

extracted as (

    select
        source_system,
        document_reference_id,
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
        document_reference_id,
        ordinal,
        texts['code_1'] as category_code,
        texts['code_2'] as second_category_code
    from extracted

)

select * from renamed
