{# The name of the source's custom field that fills a column; none for every other column. #}
{% macro source_custom_field(column) -%}
    {{ return(column.get('config', {}).get('meta', {}).get('salesforce', {}).get('source_custom_field')) }}
{%- endmacro %}
