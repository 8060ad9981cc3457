{# Whether a whole text follows a regular expression (RE2 and Java agree on what we use). #}
{% macro text_matches(expression, pattern) -%}
    {{ return(adapter.dispatch('text_matches')(expression, pattern)) }}
{%- endmacro %}

{% macro duckdb__text_matches(expression, pattern) -%}
    regexp_full_match({{ expression }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__text_matches(expression, pattern) -%}
    regexp_like({{ expression }}, r'^(?:{{ pattern }})$')
{%- endmacro %}
