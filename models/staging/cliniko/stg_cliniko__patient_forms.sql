{# One row per form that a patient was asked to fill in. #}
with

source as (

    select * from {{ source('raw_cliniko', 'patient_forms') }}

),

extracted as (

    select
        system as source_system,
        id as patient_form_id,
        {{ json_texts('doc', {
            'patient_id': '$.patient.links.self',
            'form_name': '$.name',
            'content_json': '$.content',
            'completed_at': '$.completed_at',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        patient_form_id,
        {{ linked_id("texts['patient_id']") }} as patient_id,
        texts['form_name'] as form_name,
        texts['content_json'] as content_json,
        {{ fhir_timestamp("texts['completed_at']") }} as completed_at,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
