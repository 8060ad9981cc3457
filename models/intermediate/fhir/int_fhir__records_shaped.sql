{# Every record that the shaped entities hold, with the raw row that it stands for. #}
with

unioned as (

    {{ source_record('int_fhir__patients', 'patients', 'patient_key', "'patient'") }}

    union all

    {{ source_record(
        'int_fhir__appointments', 'appointments', 'appointment_key', "'appointment'"
    ) }}

    union all

    {{ source_record('int_fhir__providers', 'providers', 'provider_key', "'practitioner'") }}

    union all

    {{ source_record('int_fhir__payers', 'payers', 'payer_key', "'organization'") }}
    where source_id not like 'display/%'

    union all

    {{ source_record(
        'int_fhir__display_payers_chosen', 'payers', 'payer_key', 'raw_table', 'raw_id'
    ) }}

    union all

    {{ source_record('int_fhir__coverages', 'coverages', 'coverage_key', "'coverage'") }}
    where source_id not like '%#%' and source_id not like 'display/%'

    union all

    {{ source_record(
        'int_fhir__coverages',
        'coverages',
        'coverage_key',
        "'explanation_of_benefit'",
        "split_part(source_id, '#', 1)"
    ) }}
    where source_id like '%#%' and source_id not like 'display/%'

    union all

    {{ source_record(
        'int_fhir__display_coverages_deduplicated',
        'coverages',
        clinic_key('source_system', 'coverage', ["'display'", 'patient_id', 'payor_display']),
        'raw_table',
        'raw_id'
    ) }}

    union all

    {{ source_record('int_fhir__claims', 'claims', 'claim_key', "'claim'") }}

    union all

    {{ source_record(
        'int_fhir__claim_lines',
        'claim_lines',
        'claim_line_key',
        "'claim'",
        "regexp_replace(source_id, '/[^/]*$', '')"
    ) }}

    union all

    {{ source_record(
        'int_fhir__procedure_codes_deduplicated',
        'procedure_codes',
        'procedure_code_key',
        'raw_table',
        'raw_id'
    ) }}

    union all

    {{ source_record(
        'int_fhir__clinical_notes', 'clinical_notes', 'clinical_note_key', "'document_reference'"
    ) }}

    union all

    {{ source_record(
        'int_fhir__documents', 'documents', 'document_key', "'document_reference'"
    ) }}

    union all

    {{ source_record(
        'int_fhir__intake_forms', 'intake_forms', 'intake_form_key', "'questionnaire_response'"
    ) }}

    union all

    {{ source_record(
        'int_fhir__prescriptions', 'prescriptions', 'prescription_key', "'medication_request'"
    ) }}

    union all

    {{ source_record('int_fhir__lab_results', 'lab_results', 'lab_result_key', "'observation'") }}

    union all

    {{ source_record(
        'int_fhir__ledger_entries',
        'ledger_entries',
        'ledger_entry_key',
        "case entry_type"
        ~ " when 'charge' then 'invoice' when 'payment' then 'payment_notice' else 'account' end"
    ) }}

    union all

    {{ source_record(
        'int_fhir__prepaid_items', 'prepaid_items', 'prepaid_item_key', "'charge_item'"
    ) }}

    union all

    {{ source_record(
        'int_fhir__recalls',
        'recalls',
        'recall_key',
        "case when recall_key like source_system || ':recall:%'"
        ~ " then 'service_request' else 'communication_request' end"
    ) }}

    union all

    {{ source_record('int_fhir__locations', 'locations', 'location_key', "'location'") }}

    union all

    {{ source_record(
        'int_fhir__role_locations_deduplicated',
        'provider_locations',
        clinic_key('source_system', 'provider_location', ['practitioner_id', 'location_id']),
        "'practitioner_role'",
        'practitioner_role_id'
    ) }}

    union all

    {{ source_record('int_fhir__referrals', 'referrals', 'referral_key', "'service_request'") }}

    union all

    {{ source_record(
        'int_fhir__referral_sources_traced',
        'referral_sources',
        'referral_source_key',
        'raw_table',
        'raw_id'
    ) }}

    union all

    {{ source_record(
        'int_fhir__patient_relationships',
        'patient_relationships',
        'patient_relationship_key',
        "'related_person'"
    ) }}

    union all

    {{ source_record('int_fhir__guarantors', 'guarantors', 'guarantor_key', "'related_person'") }}

    union all

    {{ source_record(
        'int_fhir__communications', 'communications', 'communication_key', "'communication'"
    ) }}

)

select * from unioned
