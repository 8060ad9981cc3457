{# Every raw row of every landed table, by name only: what the closing starts from. #}
with

unioned as (

    {{ union_of_raw_records([
        'addresses',
        'ar_activity',
        'ar_session',
        'billing',
        'categories',
        'categories_to_documents',
        'claims',
        'clinical_rules',
        'contact',
        'contact_address',
        'contact_relation',
        'contact_telecom',
        'document_file',
        'documents',
        'drug_sales',
        'drugs',
        'facility',
        'form_clinical_notes',
        'form_dictation',
        'form_encounter',
        'form_soap',
        'forms',
        'globals',
        'insurance_companies',
        'insurance_data',
        'layout_options',
        'lbf_data',
        'list_options',
        'medex_recalls',
        'openemr_postcalendar_categories',
        'openemr_postcalendar_events',
        'patient_data',
        'patient_reminders',
        'payments',
        'person',
        'person_patient_link',
        'phone_numbers',
        'pnotes',
        'prescriptions',
        'procedure_order',
        'procedure_order_code',
        'procedure_report',
        'procedure_result',
        'users',
        'users_facility',
    ], 'raw_openemr') }}

)

select * from unioned
