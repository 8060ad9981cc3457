{# The UTF-8 text that a base64 value holds; null where it is no base64 or no UTF-8 text. #}
{% macro base64_text(expression) -%}
    {{ return(adapter.dispatch('base64_text')(expression)) }}
{%- endmacro %}

{% macro duckdb__base64_text(expression) -%}
    try(decode(from_base64({{ expression }})))
{%- endmacro %}
