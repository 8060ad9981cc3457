{# One row per appointment of a group; its patients are attendees. #}
with

source as (

    select * from {{ source('raw_cliniko', 'group_appointments') }}

),

extracted as (

    select
        system as source_system,
        id as group_appointment_id,
        {{ json_texts('doc', {
            'business_id': '$.business.links.self',
            'practitioner_id': '$.practitioner.links.self',
            'appointment_type_id': '$.appointment_type.links.self',
            'note': '$.notes',
            'starts_at': '$.starts_at',
            'ends_at': '$.ends_at',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        group_appointment_id,
        {{ linked_id("texts['business_id']") }} as business_id,
        {{ linked_id("texts['practitioner_id']") }} as practitioner_id,
        {{ linked_id("texts['appointment_type_id']") }} as appointment_type_id,
        texts['note'] as note,
        {{ fhir_timestamp("texts['starts_at']") }} as starts_at,
        {{ fhir_timestamp("texts['ends_at']") }} as ends_at,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
