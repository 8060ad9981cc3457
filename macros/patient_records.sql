{#
    Records that a patient must exist for: [entity, key column, rule of the entity's own]. The rule
    is an SQL expression that names an exclusion reason or is null. The patient comes first: a note
    without text of a test patient is excluded as the patient's.
#}
{% macro patient_records() -%}
    {{ return([
        ['appointments', 'appointment_key', "case when start_at is null then 'no_start_time' end"],
        ['claims', 'claim_key', 'case when ' ~ claim_date() ~ " is null then 'no_claim_date' end"],
        [
            'clinical_notes',
            'clinical_note_key',
            "case when is_special_class then 'special_class_note' when body is null then 'no_content' end"
        ],
        ['communications', 'communication_key', 'cast(null as string)'],
        ['coverages', 'coverage_key', 'cast(null as string)'],
        [
            'documents',
            'document_key',
            "case when is_not_fetched then 'file_not_fetched' when not has_content then 'no_content' end"
        ],
        [
            'intake_forms',
            'intake_form_key',
            "case when body is null and content_json is null then 'no_content' end"
        ],
        ['lab_results', 'lab_result_key', 'cast(null as string)'],
        ['ledger_entries', 'ledger_entry_key', 'cast(null as string)'],
        ['prepaid_items', 'prepaid_item_key', 'cast(null as string)'],
        ['prescriptions', 'prescription_key', 'cast(null as string)'],
        ['recalls', 'recall_key', 'cast(null as string)'],
    ]) }}
{%- endmacro %}
