{# One row per Binary: a file's bytes, apart from its description. #}
with

source as (

    select * from {{ source('raw_fhir', 'binary') }}

),

extracted as (

    select
        system as source_system,
        id as binary_id,
        last_updated,
        {{ json_texts('doc', {
            'content_type': '$.contentType',
            'data': '$.data',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        binary_id,
        texts['content_type'] as content_type,
        texts['data'] as content_base64,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
