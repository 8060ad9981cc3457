{#
    Schemas keep the names that dbt_project.yml gives them (staging, salesforce ...):
    one warehouse belongs to one engineer, so no target prefix is needed.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
