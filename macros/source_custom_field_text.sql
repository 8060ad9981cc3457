{# The name of the source's custom field that fills a column, as SQL text. #}
{% macro source_custom_field_text(column) -%}
    {{ dbt.string_literal(dbt.escape_single_quotes(source_custom_field(column))) }}
{%- endmacro %}
