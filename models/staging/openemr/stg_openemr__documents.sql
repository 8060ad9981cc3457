{# One row per document, with its text where the database holds it. #}
with

source as (

    select * from {{ source('raw_openemr', 'documents') }}

),

extracted as (

    select
        system as source_system,
        {# A file's outer blanks are its own: this text is not trimmed. #}
        nullif(json_extract_string(doc, '$.document_data'), '') as content_text,
        {{ json_texts('doc', {
            'id': '$.id',
            'type': '$.type',
            'size': '$.size',
            'date': '$.date',
            'url': '$.url',
            'mimetype': '$.mimetype',
            'owner': '$.owner',
            'revision': '$.revision',
            'foreign_id': '$.foreign_id',
            'docdate': '$.docdate',
            'name': '$.name',
            'encrypted': '$.encrypted',
            'deleted': '$.deleted',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as document_id,
        texts['type'] as document_kind,
        try_cast(texts['size'] as bigint) as stated_size,
        {{ openemr_timestamp("texts['date']") }} as stored_at_local,
        texts['url'] as url,
        texts['mimetype'] as content_type,
        nullif(texts['owner'], '0') as owner_user_id,
        {{ openemr_timestamp("texts['revision']") }} as revised_at,
        nullif(texts['foreign_id'], '0') as patient_id,
        {{ openemr_date("texts['docdate']") }} as document_date,
        texts['name'] as document_name,
        texts['encrypted'] = '1' as is_encrypted,
        content_text,
        texts['deleted'] = '1' as is_deleted
    from extracted

)

select * from renamed
