{# Length as Salesforce counts it: UTF-16 units, so that an emoji is two. #}
{% macro utf16_length(expression) -%}
    {{ return(adapter.dispatch('utf16_length')(expression)) }}
{%- endmacro %}

{% macro duckdb__utf16_length(expression) -%}
    (length({{ expression }}) + {{ utf16_pairs(expression) }})
{%- endmacro %}

{% macro spark__utf16_length(expression) -%}
    (length({{ expression }}) + {{ utf16_pairs(expression) }})
{%- endmacro %}
