{#
    The sources that fill the clinic contract: `fhir` stands for the models int_fhir__<entity>.
    A source is added here and by its models; nothing behind the contract changes.
#}
{% macro clinic_sources() -%}
    {{ return(['fhir']) }}
{%- endmacro %}
