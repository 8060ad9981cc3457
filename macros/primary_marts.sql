{# The marts that are the primary target of an entity: [mart, sObject, column of the row's key]. #}
{% macro primary_marts() -%}
    {{ return([
        ['sf_account', 'Account', 'Clinic_Id__c'],
        ['sf_account_contact_relation', 'AccountContactRelation', "AccountId || '|' || ContactId"],
        ['sf_asset', 'Asset', 'Clinic_Id__c'],
        ['sf_clinical_note', 'Clinical_Note__c', 'Clinic_Id__c'],
        ['sf_contact', 'Contact', 'Clinic_Id__c'],
        ['sf_content_version', 'ContentVersion', 'Clinic_Id__c'],
        ['sf_event', 'Event', 'Clinic_Id__c'],
        ['sf_guarantor', 'Guarantor__c', 'Clinic_Id__c'],
        ['sf_insurance_coverage', 'Insurance_Coverage__c', 'Clinic_Id__c'],
        ['sf_lab_result', 'Lab_Result__c', 'Clinic_Id__c'],
        ['sf_lead', 'Lead', 'Clinic_Id__c'],
        ['sf_opportunity', 'Opportunity', 'Clinic_Id__c'],
        ['sf_opportunity_line_item', 'OpportunityLineItem', 'Clinic_Id__c'],
        ['sf_payment_record', 'Payment_Record__c', 'Clinic_Id__c'],
        ['sf_prescription', 'Prescription__c', 'Clinic_Id__c'],
        ['sf_product2', 'Product2', 'Clinic_Id__c'],
        ['sf_provider', 'Provider__c', 'Clinic_Id__c'],
        ['sf_provider_location', 'Provider_Location__c', 'Clinic_Id__c'],
        ['sf_recall_configuration', 'Recall_Configuration__c', 'Clinic_Id__c'],
        ['sf_referral_detail', 'Referral_Detail__c', 'Clinic_Id__c'],
        ['sf_task', 'Task', 'Clinic_Id__c'],
    ]) }}
{%- endmacro %}
