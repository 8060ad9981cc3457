{# One row per file of an attachment. #}
with

source as (

    select * from {{ source('raw_cliniko', 'patient_attachment_content') }}

),

extracted as (

    select
        system as source_system,
        id as attachment_id,
        {{ json_texts('doc', {
            'content_base64': '$.content_base64',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        attachment_id,
        texts['content_base64'] as content_base64
    from extracted

)

select * from renamed
