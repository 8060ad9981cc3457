{# Which entities carry custom fields, and where they go: [entity, key column, mart, sObject]. #}
{% macro custom_field_marts() -%}
    {{ return([
        ['appointments', 'appointment_key', 'sf_event', 'Event'],
        ['claims', 'claim_key', 'sf_opportunity', 'Opportunity'],
        ['locations', 'location_key', 'sf_account', 'Account'],
        ['patients', 'patient_key', 'sf_contact', 'Contact'],
        ['providers', 'provider_key', 'sf_provider', 'Provider__c'],
    ]) }}
{%- endmacro %}
