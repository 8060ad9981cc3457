{# One row per message, call or letter. #}
with

source as (

    select * from {{ source('raw_cliniko', 'communications') }}

),

extracted as (

    select
        system as source_system,
        id as communication_id,
        {{ json_texts('doc', {
            'patient_id': '$.patient.links.self',
            'category': '$.category',
            'medium': '$.type_code',
            'direction': '$.direction_code',
            'subject': '$.content_subject',
            'body': '$.content',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        communication_id,
        {{ linked_id("texts['patient_id']") }} as patient_id,
        texts['category'] as category,
        texts['medium'] as medium,
        texts['direction'] as direction,
        texts['subject'] as subject,
        texts['body'] as body,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
