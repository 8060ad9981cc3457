{# The UTF-8 bytes of a text as base64. #}
{% macro base64_of_text(expression) -%}
    {{ return(adapter.dispatch('base64_of_text')(expression)) }}
{%- endmacro %}

{% macro duckdb__base64_of_text(expression) -%}
    to_base64(encode({{ expression }}))
{%- endmacro %}

{% macro spark__base64_of_text(expression) -%}
    base64(encode({{ expression }}, 'UTF-8'))
{%- endmacro %}
