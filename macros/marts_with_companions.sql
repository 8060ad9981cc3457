{# Marts with Overflow_Text__c: [mart, whether it has Invalid_Contact_Details__c too]. #}
{% macro marts_with_companions() -%}
    {{ return([
        ['sf_account', true],
        ['sf_asset', false],
        ['sf_clinical_note', false],
        ['sf_contact', true],
        ['sf_content_version', false],
        ['sf_guarantor', true],
        ['sf_insurance_coverage', false],
        ['sf_lab_result', false],
        ['sf_lead', true],
        ['sf_opportunity', false],
        ['sf_opportunity_line_item', false],
        ['sf_payment_record', false],
        ['sf_prescription', false],
        ['sf_product2', false],
        ['sf_provider', true],
        ['sf_recall_configuration', false],
        ['sf_referral_detail', false],
    ]) }}
{%- endmacro %}
