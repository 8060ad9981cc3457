{# One row per patient of an appointment, of a group or alone; those called off as well. #}
with

source as (

    select * from {{ source('raw_cliniko', 'attendees') }}

),

extracted as (

    select
        system as source_system,
        id as attendee_id,
        {{ json_texts('doc', {
            'booking_id': '$.booking.links.self',
            'patient_id': '$.patient.links.self',
            'has_arrived': '$.arrived',
            'note': '$.notes',
            'cancellation_reason': '$.cancellation_reason_description',
            'cancellation_note': '$.cancellation_note',
            'cancelled_at': '$.cancelled_at',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        attendee_id,
        {{ linked_id("texts['booking_id']") }} as booking_id,
        {{ linked_id("texts['patient_id']") }} as patient_id,
        texts['has_arrived'] = 'true' as has_arrived,
        texts['note'] as note,
        texts['cancellation_reason'] as cancellation_reason,
        texts['cancellation_note'] as cancellation_note,
        {{ fhir_timestamp("texts['cancelled_at']") }} as cancelled_at,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
