{# A text as a JSON string: quoted, with what JSON forbids inside escaped. #}
{% macro json_string(expression) -%}
    {{ return(adapter.dispatch('json_string')(expression)) }}
{%- endmacro %}

{% macro duckdb__json_string(expression) -%}
    cast(to_json({{ expression }}) as varchar)
{%- endmacro %}

{% macro spark__json_string(expression) -%}
    regexp_extract(to_json(named_struct('v', {{ expression }})), '^.v.:(.*).$', 1)
{%- endmacro %}
