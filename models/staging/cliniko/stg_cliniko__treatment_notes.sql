{# One row per note; what was written are rows of their own. #}
with

source as (

    select * from {{ source('raw_cliniko', 'treatment_notes') }}

),

extracted as (

    select
        system as source_system,
        id as treatment_note_id,
        {{ json_texts('doc', {
            'patient_id': '$.patient.links.self',
            'practitioner_id': '$.practitioner.links.self',
            'title': '$.title',
            'is_draft': '$.draft',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        treatment_note_id,
        {{ linked_id("texts['patient_id']") }} as patient_id,
        {{ linked_id("texts['practitioner_id']") }} as practitioner_id,
        texts['title'] as title,
        texts['is_draft'] = 'true' as is_draft,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
