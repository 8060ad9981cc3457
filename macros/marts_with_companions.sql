{#
    Marts with Overflow_Text__c: [mart, entity, whether it has Invalid_Contact_Details__c too]. The
    Accounts are three entities: their rows are flagged under payers, the key tells the rest.
#}
{% macro marts_with_companions() -%}
    {{ return([
        ['sf_account', 'payers', true],
        ['sf_asset', 'prepaid_items', false],
        ['sf_clinical_note', 'clinical_notes', false],
        ['sf_contact', 'patients', true],
        ['sf_content_version', 'documents', false],
        ['sf_guarantor', 'guarantors', true],
        ['sf_insurance_coverage', 'coverages', false],
        ['sf_lab_result', 'lab_results', false],
        ['sf_lead', 'referral_sources', true],
        ['sf_opportunity', 'claims', false],
        ['sf_opportunity_line_item', 'claim_lines', false],
        ['sf_payment_record', 'ledger_entries', false],
        ['sf_prescription', 'prescriptions', false],
        ['sf_product2', 'procedure_codes', false],
        ['sf_provider', 'providers', true],
        ['sf_recall_configuration', 'recalls', false],
        ['sf_referral_detail', 'referrals', false],
    ]) }}
{%- endmacro %}
