{#
    Dates that the source wrote in part (`2012-05`: loaded as their first day) or that nobody can
    read (loaded empty). One row per record and column.
#}
with

flagged as (

    {{ union_of_date_flags([
        [
            'stg_fhir__patients', 'patients', 'patient', 'patient_id',
            'birth_date', 'birth_date_text', 'birth_date'
        ],
        [
            'stg_fhir__patients', 'patients', 'patient', 'patient_id',
            'deceased_date', 'deceased_at_text', 'deceased_date'
        ],
        [
            'stg_fhir__related_persons', 'patient_relationships', 'patient_relationship', 'related_person_id',
            'birth_date', 'birth_date_text', 'birth_date'
        ],
        [
            'stg_fhir__appointments', 'appointments', 'appointment', 'appointment_id',
            'start_at', 'start_at_text', 'start_at'
        ],
        [
            'stg_fhir__appointments', 'appointments', 'appointment', 'appointment_id',
            'end_at', 'end_at_text', 'end_at'
        ],
        [
            'stg_fhir__coverages', 'coverages', 'coverage', 'coverage_id',
            'effective_date', 'effective_date_text', 'effective_date'
        ],
        [
            'stg_fhir__coverages', 'coverages', 'coverage', 'coverage_id',
            'termination_date', 'termination_date_text', 'termination_date'
        ],
        [
            'stg_fhir__claims', 'claims', 'claim', 'claim_id',
            'service_start_date', 'service_start_date_text', 'service_start_date'
        ],
        [
            'stg_fhir__claims', 'claims', 'claim', 'claim_id',
            'service_end_date', 'service_end_date_text', 'service_end_date'
        ],
        [
            'stg_fhir__claims', 'claims', 'claim', 'claim_id',
            'submitted_date', 'created_at_text', 'submitted_date'
        ],
        [
            'int_fhir__documents_read', 'clinical_notes', 'clinical_note', 'document_id',
            'authored_at', 'authored_at_text', 'authored_at', 'is_note'
        ],
        [
            'int_fhir__documents_read', 'documents', 'document', 'document_id',
            'authored_at', 'authored_at_text', 'authored_at',
            "not is_note and raw_table = 'document_reference'"
        ],
        [
            'int_fhir__documents_read', 'documents', 'report_form', 'document_id',
            'authored_at', 'authored_at_text', 'authored_at', "raw_table = 'diagnostic_report'"
        ],
        [
            'stg_fhir__questionnaire_responses', 'intake_forms', 'intake_form', 'questionnaire_response_id',
            'authored_at', 'authored_at_text', 'authored_at'
        ],
        [
            'stg_fhir__medication_requests', 'prescriptions', 'prescription', 'medication_request_id',
            'issued_date', 'authored_at_text', 'issued_date'
        ],
        [
            'int_fhir__laboratory_observations_chosen', 'lab_results', 'lab_result', 'observation_id',
            'resulted_date', 'resulted_at_text', 'resulted_date'
        ],
        [
            'stg_fhir__invoices', 'ledger_entries', 'invoice', 'invoice_id',
            'entry_date', 'invoice_date_text', 'invoice_date'
        ],
        [
            'stg_fhir__payment_notices', 'ledger_entries', 'payment', 'payment_notice_id',
            'entry_date', 'payment_date_text', 'payment_date'
        ],
        [
            'int_fhir__prepaid_charge_items', 'prepaid_items', 'prepaid_item', 'charge_item_id',
            'purchased_date', 'purchased_date_text', 'purchased_date'
        ],
        [
            'int_fhir__recall_plans_chosen', 'recalls', 'recall', 'service_request_id',
            'last_recall_date', 'authored_at_text', 'authored_date'
        ],
        [
            'stg_fhir__communication_requests', 'recalls', 'reminder', 'communication_request_id',
            'next_due_date', 'next_due_date_text', 'next_due_date'
        ],
        [
            'stg_fhir__communications', 'communications', 'communication', 'communication_id',
            'sent_at', 'sent_at_text', 'sent_at'
        ],
    ]) }}

)

select * from flagged
