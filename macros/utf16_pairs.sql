{# How many characters of a text take two UTF-16 units. Plain ASCII is told by its size alone. #}
{% macro utf16_pairs(expression) -%}
    {{ return(adapter.dispatch('utf16_pairs')(expression)) }}
{%- endmacro %}

{% macro duckdb__utf16_pairs(expression) -%}
    case
        when strlen({{ expression }}) = length({{ expression }}) then 0
        else length(regexp_replace({{ expression }}, '[^\x{10000}-\x{10FFFF}]', '', 'g'))
    end
{%- endmacro %}

{% macro spark__utf16_pairs(expression) -%}
    length(regexp_replace({{ expression }}, '[^\\x{10000}-\\x{10FFFF}]', ''))
{%- endmacro %}
