{# The sha256 of a text, in lower-case hexadecimal digits. #}
{% macro sha256_text(expression) -%}
    {{ return(adapter.dispatch('sha256_text')(expression)) }}
{%- endmacro %}

{% macro duckdb__sha256_text(expression) -%}
    sha256({{ expression }})
{%- endmacro %}

{% macro spark__sha256_text(expression) -%}
    sha2({{ expression }}, 256)
{%- endmacro %}
