{# Every record that the shaped entities hold, with the raw row that it stands for. #}
with

unioned as (

    {{ union_of_source_records([
        ['int_fhir__patients', 'patients', 'patient_key', "'patient'"],
        ['int_fhir__appointments', 'appointments', 'appointment_key', "'appointment'"],
        ['int_fhir__providers', 'providers', 'provider_key', "'practitioner'"],
        [
            'int_fhir__payers', 'payers', 'payer_key', "'organization'", 'source_id',
            "source_id not like 'display/%'"
        ],
        ['int_fhir__display_payers_chosen', 'payers', 'payer_key', 'raw_table', 'raw_id'],
        ['int_fhir__coverages_stated', 'coverages', 'coverage_key', 'raw_table', 'raw_id'],
        ['int_fhir__claims', 'claims', 'claim_key', "'claim'"],
        [
            'int_fhir__claim_lines', 'claim_lines', 'claim_line_key', "'claim'",
            "regexp_replace(source_id, '/[^/]*$', '')"
        ],
        [
            'int_fhir__procedure_codes_deduplicated', 'procedure_codes', 'procedure_code_key',
            'raw_table', 'raw_id'
        ],
        [
            'int_fhir__clinical_notes', 'clinical_notes', 'clinical_note_key',
            "'document_reference'", "regexp_replace(source_id, '#[0-9]+$', '')"
        ],
        [
            'int_fhir__documents', 'documents', 'document_key', "'document_reference'",
            "regexp_replace(source_id, '#[0-9]+$', '')", "document_key like source_system || ':document:%'"
        ],
        [
            'int_fhir__documents', 'documents', 'document_key', "'diagnostic_report'",
            "regexp_replace(source_id, '#[0-9]+$', '')", "document_key like source_system || ':report_form:%'"
        ],
        ['int_fhir__intake_forms', 'intake_forms', 'intake_form_key', "'questionnaire_response'"],
        ['int_fhir__prescriptions', 'prescriptions', 'prescription_key', "'medication_request'"],
        ['int_fhir__lab_results', 'lab_results', 'lab_result_key', "'observation'"],
        ['int_fhir__charges', 'ledger_entries', 'ledger_entry_key', "'invoice'"],
        ['int_fhir__payments', 'ledger_entries', 'ledger_entry_key', "'payment_notice'"],
        ['int_fhir__balances', 'ledger_entries', 'ledger_entry_key', "'account'"],
        ['int_fhir__prepaid_items', 'prepaid_items', 'prepaid_item_key', "'charge_item'"],
        [
            'int_fhir__recalls', 'recalls', 'recall_key', "'service_request'", 'source_id',
            "recall_key like source_system || ':recall:%'"
        ],
        [
            'int_fhir__recalls', 'recalls', 'recall_key', "'communication_request'", 'source_id',
            "recall_key like source_system || ':reminder:%'"
        ],
        ['int_fhir__locations', 'locations', 'location_key', "'location'"],
        [
            'int_fhir__role_locations_deduplicated', 'provider_locations',
            clinic_key('source_system', 'provider_location', ['practitioner_id', 'location_id']),
            "'practitioner_role'", 'practitioner_role_id'
        ],
        ['int_fhir__referrals', 'referrals', 'referral_key', "'service_request'"],
        [
            'int_fhir__referral_sources_traced', 'referral_sources', 'referral_source_key',
            'raw_table', 'raw_id'
        ],
        [
            'int_fhir__patient_relationships', 'patient_relationships',
            'patient_relationship_key', "'related_person'"
        ],
        ['int_fhir__guarantors', 'guarantors', 'guarantor_key', "'related_person'"],
        ['int_fhir__communications', 'communications', 'communication_key', "'communication'"],
    ]) }}

)

select * from unioned
