{# One row per attachment; its file is a row of its own. #}
with

source as (

    select * from {{ source('raw_cliniko', 'patient_attachments') }}

),

extracted as (

    select
        system as source_system,
        id as attachment_id,
        {{ json_texts('doc', {
            'patient_id': '$.patient.links.self',
            'user_id': '$.user.links.self',
            'file_name': '$.filename',
            'content_type': '$.content_type',
            'stated_size': '$.size',
            'description': '$.description',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        attachment_id,
        {{ linked_id("texts['patient_id']") }} as patient_id,
        {{ linked_id("texts['user_id']") }} as user_id,
        texts['file_name'] as file_name,
        texts['content_type'] as content_type,
        try_cast(texts['stated_size'] as bigint) as stated_size,
        texts['description'] as description,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
