{# One row per DocumentReference: a note written in the source, or a file. #}
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
            'content_type': '$.content[0].attachment.contentType',
            'data': '$.content[0].attachment.data',
            'url': '$.content[0].attachment.url',
            'title': '$.content[0].attachment.title',
            'size': '$.content[0].attachment.size',
            'hash': '$.content[0].attachment.hash',
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
        texts['url'] as content_url,
        coalesce(texts['type_text'], texts['type_display'], texts['type_code']) as document_type,
        texts['title'] as title,
        texts['description'] as description,
        texts['status'] as status_code,
        texts['doc_status'] as document_status_code,
        texts['content_type'] as content_type,
        texts['data'] as content_base64,
        texts['hash'] as stated_hash,
        texts['date'] as authored_at_text,
        texts['categories'] as categories_json,
        texts['tags'] as tags_json,
        texts['extensions'] as extensions_json,
        try_cast(texts['size'] as bigint) as stated_size,
        {{ fhir_timestamp("texts['date']") }} as authored_at,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
