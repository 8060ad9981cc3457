{#
    The optional references of the clinic contract: a target that does not exist leaves the field
    empty and is flagged. [entity, key column, reference column, target entity, target key column].
    References that a record cannot do without are exclusions, in int_records_settled.
#}
{% macro clinic_references() -%}
    {{ return([
        ['appointments', 'appointment_key', 'location_key', 'locations', 'location_key'],
        ['appointments', 'appointment_key', 'provider_key', 'providers', 'provider_key'],
        ['claim_lines', 'claim_line_key', 'location_key', 'locations', 'location_key'],
        ['claims', 'claim_key', 'coverage_key', 'coverages', 'coverage_key'],
        ['claims', 'claim_key', 'payer_key', 'payers', 'payer_key'],
        ['claims', 'claim_key', 'provider_key', 'providers', 'provider_key'],
        ['clinical_notes', 'clinical_note_key', 'author_provider_key', 'providers', 'provider_key'],
        ['communications', 'communication_key', 'sender_provider_key', 'providers', 'provider_key'],
        ['coverages', 'coverage_key', 'payer_key', 'payers', 'payer_key'],
        ['coverages', 'coverage_key', 'subscriber_patient_key', 'patients', 'patient_key'],
        ['documents', 'document_key', 'author_provider_key', 'providers', 'provider_key'],
        ['guarantor_accounts', 'guarantor_account_key', 'guarantor_key', 'guarantors', 'guarantor_key'],
        ['guarantor_accounts', 'guarantor_account_key', 'guarantor_patient_key', 'patients', 'patient_key'],
        ['guarantors', 'guarantor_key', 'patient_key', 'patients', 'patient_key'],
        ['intake_forms', 'intake_form_key', 'author_provider_key', 'providers', 'provider_key'],
        ['lab_results', 'lab_result_key', 'provider_key', 'providers', 'provider_key'],
        ['ledger_entries', 'ledger_entry_key', 'claim_key', 'claims', 'claim_key'],
        ['patients', 'patient_key', 'home_location_key', 'locations', 'location_key'],
        ['patients', 'patient_key', 'merged_into_patient_key', 'patients', 'patient_key'],
        ['patients', 'patient_key', 'primary_provider_key', 'providers', 'provider_key'],
        ['prepaid_items', 'prepaid_item_key', 'procedure_code_key', 'procedure_codes', 'procedure_code_key'],
        ['prescriptions', 'prescription_key', 'provider_key', 'providers', 'provider_key'],
        ['recalls', 'recall_key', 'provider_key', 'providers', 'provider_key'],
        ['referrals', 'referral_key', 'patient_key', 'patients', 'patient_key'],
        ['referrals', 'referral_key', 'referral_source_key', 'referral_sources', 'referral_source_key'],
    ]) }}
{%- endmacro %}
