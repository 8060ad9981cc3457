{# One row per appointment of one patient; those called off as well. #}
with

source as (

    select * from {{ source('raw_cliniko', 'individual_appointments') }}

),

extracted as (

    select
        system as source_system,
        id as individual_appointment_id,
        {{ json_texts('doc', {
            'patient_id': '$.patient.links.self',
            'business_id': '$.business.links.self',
            'practitioner_id': '$.practitioner.links.self',
            'appointment_type_id': '$.appointment_type.links.self',
            'did_not_arrive': '$.did_not_arrive',
            'has_arrived': '$.patient_arrived',
            'note': '$.notes',
            'cancellation_reason': '$.cancellation_reason_description',
            'cancellation_note': '$.cancellation_note',
            'cancelled_at': '$.cancelled_at',
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
        individual_appointment_id,
        {{ linked_id("texts['patient_id']") }} as patient_id,
        {{ linked_id("texts['business_id']") }} as business_id,
        {{ linked_id("texts['practitioner_id']") }} as practitioner_id,
        {{ linked_id("texts['appointment_type_id']") }} as appointment_type_id,
        texts['did_not_arrive'] = 'true' as did_not_arrive,
        texts['has_arrived'] = 'true' as has_arrived,
        texts['note'] as note,
        texts['cancellation_reason'] as cancellation_reason,
        texts['cancellation_note'] as cancellation_note,
        {{ fhir_timestamp("texts['cancelled_at']") }} as cancelled_at,
        {{ fhir_timestamp("texts['starts_at']") }} as starts_at,
        {{ fhir_timestamp("texts['ends_at']") }} as ends_at,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
