{# One row per file that lay on the server's disk. #}
with

source as (

    select * from {{ source('raw_openemr', 'document_file') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'document_id': '$.document_id',
            'content_base64': '$.content_base64',
            'size': '$.size',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['document_id'] as document_id,
        texts['content_base64'] as content_base64,
        try_cast(texts['size'] as bigint) as file_size
    from extracted

)

select * from renamed
