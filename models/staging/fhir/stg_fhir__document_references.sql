{# One row per DocumentReference: notes written in the source, or files. #}
with

source as (

    select * from {{ source('raw_fhir', 'document_reference') }}

),

extracted as (

    select
        system as source_system,
        id as document_reference_id,
        last_updated,
        {{ json_texts('doc', {
            'status': '$.status',
            'doc_status': '$.docStatus',
            'type_code': '$.type.coding[0].code',
            'type_display': '$.type.coding[0].display',
            'type_text': '$.type.text',
            'categories': '$.category',
            'tags': '$.meta.tag',
            'subject': '$.subject.reference',
            'date': '$.date',
            'author': '$.author[0].reference',
            'description': '$.description',
            'contents': '$.content',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        document_reference_id,
        {{ fhir_reference_id("texts['subject']", 'Patient') }} as patient_id,
        texts['author'] as author_reference,
        coalesce(texts['type_text'], texts['type_display'], texts['type_code']) as document_type,
        texts['description'] as description,
        texts['status'] as status_code,
        texts['doc_status'] as document_status_code,
        texts['date'] as authored_at_text,
        texts['categories'] as categories_json,
        texts['tags'] as tags_json,
        texts['contents'] as contents_json,
        texts['extensions'] as extensions_json,
        {{ fhir_timestamp("texts['date']") }} as authored_at,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
