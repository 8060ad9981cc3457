{# Every record that the shaped entities hold, with the raw row that it stands for. #}
with

unioned as (

    {{ union_of_source_records([
        ['int_cliniko__patients', 'patients', 'patient_key', "'patients'"],
        [
            'int_cliniko__appointments', 'appointments', 'appointment_key', 'raw_table', 'raw_id'
        ],
        ['int_cliniko__providers', 'providers', 'provider_key', "'practitioners'"],
        ['int_cliniko__payers', 'payers', 'payer_key', "'patients'", 'raw_id'],
        ['int_cliniko__coverages', 'coverages', 'coverage_key', "'patients'", 'raw_id'],
        ['int_cliniko__claims', 'claims', 'claim_key', "'invoices'"],
        ['int_cliniko__claim_lines', 'claim_lines', 'claim_line_key', "'invoice_items'"],
        [
            'int_cliniko__procedure_codes', 'procedure_codes', 'procedure_code_key',
            "'invoice_items'", 'raw_id'
        ],
        [
            'int_cliniko__clinical_notes', 'clinical_notes', 'clinical_note_key', 'raw_table',
            'raw_id'
        ],
        ['int_cliniko__documents', 'documents', 'document_key', "'patient_attachments'"],
        ['int_cliniko__intake_forms', 'intake_forms', 'intake_form_key', "'patient_forms'"],
        ['int_cliniko__ledger_entries', 'ledger_entries', 'ledger_entry_key', "'invoices'"],
        ['int_cliniko__locations', 'locations', 'location_key', "'businesses'"],
        [
            'int_cliniko__rosters_gathered', 'provider_locations',
            clinic_key('source_system', 'provider_location', ['practitioner_id', 'business_id']),
            'raw_table', 'raw_id'
        ],
        [
            'int_cliniko__referral_sources', 'referral_sources', 'referral_source_key',
            'raw_table', 'raw_id'
        ],
        ['int_cliniko__referrals', 'referrals', 'referral_key', 'raw_table', 'raw_id'],
        [
            'int_cliniko__patient_relationships', 'patient_relationships',
            'patient_relationship_key', "'patients'"
        ],
        ['int_cliniko__guarantors', 'guarantors', 'guarantor_key', "'patients'"],
        ['int_cliniko__communications', 'communications', 'communication_key', "'communications'"],
        [
            'int_cliniko__custom_field_values', 'custom_field_values',
            custom_field_value_key(clinic_key('source_system', 'patient', 'patient_id'), 'field_name'),
            "'patients'", 'patient_id'
        ],
    ]) }}

)

select * from unioned
