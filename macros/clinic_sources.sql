{#
    The sources that fill the clinic contract: `fhir` stands for the models int_fhir__<entity>, for
    every entity but those that it lists here. A source is added here and by its models; nothing
    behind the contract changes.
#}
{% macro clinic_sources() -%}
    {{ return({
        'fhir': [],
        'openemr': ['communications'],
        'cliniko': ['lab_results', 'prepaid_items', 'prescriptions', 'recalls'],
    }) }}
{%- endmacro %}
