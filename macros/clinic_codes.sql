{#
    Which column of the clinic contract holds codes of which concept:
    [concept, entity, key column, code column].
#}
{% macro clinic_codes() -%}
    {{ return([
        ['appointment_status', 'appointments', 'appointment_key', 'status_code'],
        ['asset_status', 'prepaid_items', 'prepaid_item_key', 'status_code'],
        ['claim_outcome', 'claims', 'claim_key', 'status_code'],
        ['claim_stage', 'claims', 'claim_key', 'status_code'],
        ['communication_direction', 'communications', 'communication_key', 'direction'],
        ['communication_medium', 'communications', 'communication_key', 'medium_code'],
        ['communication_subtype', 'communications', 'communication_key', 'medium_code'],
        ['coverage_status', 'coverages', 'coverage_key', 'status_code'],
        ['family_role', 'patient_relationships', 'patient_relationship_key', 'relationship_code'],
        ['gender', 'patients', 'patient_key', 'gender_code'],
        ['gender', 'providers', 'provider_key', 'gender_code'],
        ['guarantor_relationship', 'guarantors', 'guarantor_key', 'relationship_code'],
        ['lab_interpretation', 'lab_results', 'lab_result_key', 'interpretation_code'],
        ['lab_status', 'lab_results', 'lab_result_key', 'status_code'],
        ['lead_source', 'referral_sources', 'referral_source_key', 'source_type'],
        ['ledger_entry_type', 'ledger_entries', 'ledger_entry_key', 'entry_type'],
        ['ledger_status', 'ledger_entries', 'ledger_entry_key', 'status_code'],
        ['marital_status', 'patients', 'patient_key', 'marital_status_code'],
        ['note_status', 'clinical_notes', 'clinical_note_key', 'status_code'],
        ['note_status', 'documents', 'document_key', 'status_code'],
        ['note_status', 'intake_forms', 'intake_form_key', 'status_code'],
        ['patient_role', 'provider_patients', 'provider_patient_key', 'role'],
        ['payment_method', 'ledger_entries', 'ledger_entry_key', 'method_code'],
        ['prescription_status', 'prescriptions', 'prescription_key', 'status_code'],
        ['recall_interval_unit', 'recalls', 'recall_key', 'interval_unit'],
        ['request_status', 'recalls', 'recall_key', 'status_code'],
        ['request_status', 'referrals', 'referral_key', 'status_code'],
        ['salutation', 'patients', 'patient_key', 'name_prefix'],
        ['salutation', 'providers', 'provider_key', 'name_prefix'],
        ['subscriber_relationship', 'coverages', 'coverage_key', 'relationship_code'],
    ]) }}
{%- endmacro %}
