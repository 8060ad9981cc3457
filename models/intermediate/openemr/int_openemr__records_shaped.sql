{# Every record that the shaped entities hold, with the raw row that it stands for. #}
with

unioned as (

    {{ union_of_source_records([
        ['int_openemr__patients', 'patients', 'patient_key', "'patient_data'"],
        [
            'int_openemr__appointments', 'appointments', 'appointment_key',
            "'openemr_postcalendar_events'"
        ],
        [
            'int_openemr__appointments', 'custom_field_values',
            custom_field_value_key('appointment_key', "'room_code'"),
            "'openemr_postcalendar_events'", 'source_id', 'custom_fields is not null'
        ],
        ['int_openemr__providers', 'providers', 'provider_key', "'users'"],
        ['int_openemr__payers', 'payers', 'payer_key', "'insurance_companies'"],
        ['int_openemr__coverages', 'coverages', 'coverage_key', "'insurance_data'"],
        [
            'int_openemr__claims_gathered', 'claims',
            clinic_key('source_system', 'claim', ['patient_id', 'encounter_id']),
            'raw_table', 'raw_id'
        ],
        ['int_openemr__claim_lines', 'claim_lines', 'claim_line_key', "'billing'"],
        [
            'int_openemr__procedure_codes', 'procedure_codes', 'procedure_code_key', "'billing'",
            'raw_id'
        ],
        [
            'int_openemr__notes_gathered', 'clinical_notes',
            clinic_key('source_system', 'clinical_note', ['raw_table', 'raw_id']),
            'raw_table', 'raw_id'
        ],
        ['int_openemr__documents', 'documents', 'document_key', "'documents'"],
        ['int_openemr__intake_forms', 'intake_forms', 'intake_form_key', "'forms'"],
        ['int_openemr__prescriptions', 'prescriptions', 'prescription_key', "'prescriptions'"],
        ['int_openemr__lab_results', 'lab_results', 'lab_result_key', "'procedure_result'"],
        [
            'int_openemr__ledger_entries', 'ledger_entries', 'ledger_entry_key', 'raw_table',
            'raw_id'
        ],
        ['int_openemr__prepaid_items', 'prepaid_items', 'prepaid_item_key', "'drug_sales'"],
        ['int_openemr__recalls', 'recalls', 'recall_key', 'raw_table', 'raw_id'],
        ['int_openemr__locations', 'locations', 'location_key', "'facility'"],
        [
            'int_openemr__rosters_gathered', 'provider_locations',
            clinic_key('source_system', 'provider_location', ['user_id', 'facility_id']),
            'raw_table', 'raw_id'
        ],
        ['int_openemr__referrals', 'referrals', 'referral_key', 'raw_table', 'raw_id'],
        [
            'int_openemr__referral_sources', 'referral_sources', 'referral_source_key',
            'raw_table', 'raw_id'
        ],
        [
            'int_openemr__patient_relationships', 'patient_relationships',
            'patient_relationship_key', 'raw_table', 'raw_id'
        ],
        ['int_openemr__guarantors', 'guarantors', 'guarantor_key', 'raw_table', 'raw_id'],
        [
            'int_openemr__custom_field_values', 'custom_field_values',
            custom_field_value_key(clinic_key('source_system', 'patient', 'patient_id'), 'field_name'),
            'raw_table', 'raw_id'
        ],
    ]) }}

)

select * from unioned
