{# One row per category and document. #}
with

source as (

    select * from {{ source('raw_openemr', 'categories_to_documents') }}

),

extracted as (

    select
        system as source_system,
        id as raw_id,
        {{ json_texts('doc', {
            'category_id': '$.category_id',
            'document_id': '$.document_id',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        raw_id,
        texts['category_id'] as category_id,
        texts['document_id'] as document_id
    from extracted

)

select * from renamed
