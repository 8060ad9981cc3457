{# One row per file or text of a DocumentReference, or of a DiagnosticReport as it is printed. #}
with

document_references as (

    select * from {{ ref('stg_fhir__document_references') }}

),

diagnostic_reports as (

    select * from {{ ref('stg_fhir__diagnostic_reports') }}

),

attached as (

    select
        source_system,
        'document_reference' as raw_table,
        document_reference_id as raw_id,
        contents_json as attachments_json
    from document_references

    union all

    select
        source_system,
        'diagnostic_report' as raw_table,
        diagnostic_report_id as raw_id,
        presented_forms_json as attachments_json
    from diagnostic_reports

),

exploded as (

    {{ explode_json('attached', ['source_system', 'raw_table', 'raw_id'], 'attachments_json') }}

),

unwrapped as (

    select
        source_system,
        raw_table,
        raw_id,
        ordinal,
        case
            when raw_table = 'diagnostic_report' then element
            else {{ json_texts('element', {'attachment': '$.attachment'}) }}['attachment']
        end as element
    from exploded

),

extracted as (

    select
        source_system,
        raw_table,
        raw_id,
        ordinal,
        {{ json_texts('element', {
            'content_type': '$.contentType',
            'data': '$.data',
            'url': '$.url',
            'title': '$.title',
            'size': '$.size',
            'hash': '$.hash',
        }) }} as texts
    from unwrapped

),

renamed as (

    select
        source_system,
        raw_table,
        raw_id,
        ordinal,
        {# The first one has the id of its record, so that it is the same document as ever. #}
        case when ordinal = 1 then raw_id else raw_id || '#' || cast(ordinal as varchar) end
            as document_id,
        texts['url'] as content_url,
        {{ fhir_reference_id("texts['url']", 'Binary') }} as binary_id,
        texts['title'] as title,
        texts['content_type'] as content_type,
        texts['data'] as content_base64,
        texts['hash'] as stated_hash,
        try_cast(texts['size'] as bigint) as stated_size
    from extracted

)

select * from renamed
