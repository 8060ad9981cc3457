{# One row per chart, archived and merged ones as well. #}
with

source as (

    select * from {{ source('raw_cliniko', 'patients') }}

),

extracted as (

    select
        system as source_system,
        id as patient_id,
        {{ json_texts('doc', {
            'name_prefix': '$.title',
            'given_name': '$.first_name',
            'family_name': '$.last_name',
            'preferred_name': '$.preferred_first_name',
            'sex': '$.sex',
            'gender_identity': '$.gender_identity',
            'gender': '$.gender',
            'birth_date_text': '$.date_of_birth',
            'birth_date': '$.date_of_birth',
            'email': '$.email',
            'street_line_1': '$.address_1',
            'street_line_2': '$.address_2',
            'street_line_3': '$.address_3',
            'city': '$.city',
            'state': '$.state',
            'postal_code': '$.post_code',
            'country': '$.country',
            'emergency_contact': '$.emergency_contact',
            'invoice_recipient': '$.invoice_default_to',
            'invoice_email': '$.invoice_email',
            'medicare_number': '$.medicare',
            'medicare_reference_number': '$.medicare_reference_number',
            'referral_source': '$.referral_source',
            'occupation': '$.occupation',
            'old_reference_id': '$.old_reference_id',
            'note': '$.notes',
            'appointment_note': '$.appointment_notes',
            'reminder_type': '$.reminder_type',
            'accepted_sms_marketing': '$.accepted_sms_marketing',
            'accepted_email_marketing': '$.accepted_email_marketing',
            'receives_confirmation_emails': '$.receives_confirmation_emails',
            'concession_type_id': '$.concession_type.links.self',
            'referring_contact_id': '$.referring_doctor.links.self',
            'merged_with_patient_id': '$.merged_with_patient.links.self',
            'archived_at': '$.archived_at',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        patient_id,
        texts['name_prefix'] as name_prefix,
        texts['given_name'] as given_name,
        texts['family_name'] as family_name,
        texts['preferred_name'] as preferred_name,
        texts['sex'] as sex,
        texts['gender_identity'] as gender_identity,
        texts['gender'] as gender,
        texts['birth_date_text'] as birth_date_text,
        {{ fhir_date("texts['birth_date']") }} as birth_date,
        texts['email'] as email,
        texts['street_line_1'] as street_line_1,
        texts['street_line_2'] as street_line_2,
        texts['street_line_3'] as street_line_3,
        texts['city'] as city,
        texts['state'] as state,
        texts['postal_code'] as postal_code,
        texts['country'] as country,
        texts['emergency_contact'] as emergency_contact,
        texts['invoice_recipient'] as invoice_recipient,
        texts['invoice_email'] as invoice_email,
        texts['medicare_number'] as medicare_number,
        texts['medicare_reference_number'] as medicare_reference_number,
        texts['referral_source'] as referral_source,
        texts['occupation'] as occupation,
        texts['old_reference_id'] as old_reference_id,
        texts['note'] as note,
        texts['appointment_note'] as appointment_note,
        texts['reminder_type'] as reminder_type,
        texts['accepted_sms_marketing'] as accepted_sms_marketing,
        texts['accepted_email_marketing'] as accepted_email_marketing,
        texts['receives_confirmation_emails'] as receives_confirmation_emails,
        {{ linked_id("texts['concession_type_id']") }} as concession_type_id,
        {{ linked_id("texts['referring_contact_id']") }} as referring_contact_id,
        {{ linked_id("texts['merged_with_patient_id']") }} as merged_with_patient_id,
        {{ fhir_timestamp("texts['archived_at']") }} as archived_at,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
