{# Every raw row of every landed table, by name only: what the closing starts from. #}
with

unioned as (

    {{ union_of_raw_records([
        'appointment_types',
        'attendees',
        'billable_items',
        'businesses',
        'communications',
        'concession_types',
        'contacts',
        'group_appointments',
        'individual_appointments',
        'invoice_items',
        'invoices',
        'medical_alerts',
        'patient_attachment_content',
        'patient_attachments',
        'patient_cases',
        'patient_forms',
        'patients',
        'practitioner_reference_numbers',
        'practitioners',
        'referral_source_types',
        'referral_sources',
        'treatment_notes',
        'users',
    ], 'raw_cliniko') }}

)

select * from unioned
