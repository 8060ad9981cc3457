{# One row per qualification of a practitioner. #}
with

practitioners as (

    select * from {{ ref('stg_fhir__practitioners') }}

),

exploded as (

    {{ explode_json(
        'practitioners',
        ['source_system', 'practitioner_id'],
        'qualifications_json'
    ) }}

),

extracted as (

    select
        source_system,
        practitioner_id,
        ordinal,
        {{ json_texts('element', {
            'text': '$.code.text',
            'code': '$.code.coding[0].code',
            'identifier': '$.identifier[0].value',
            'extensions': '$.extension',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        practitioner_id,
        ordinal,
        coalesce(texts.text, texts.code) as credential,
        texts.identifier as license_number,
        texts.extensions as extensions_json
    from extracted

)

select * from renamed
