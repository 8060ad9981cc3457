{# Creates the index by which a plan reads one file at a time, by its key, when all models are built. #}
{% macro create_file_index() -%}
    {{ return(adapter.dispatch('create_file_index')()) }}
{%- endmacro %}

{% macro default__create_file_index() -%}{%- endmacro %}

{% macro duckdb__create_file_index() -%}
    {%- if execute and file_mart() is not none -%}
        create index if not exists files_by_key on {{ file_mart() }} (Clinic_Id__c)
    {%- endif -%}
{%- endmacro %}
