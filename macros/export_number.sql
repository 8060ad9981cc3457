{#
    The number that a text of an export states: without currency and thousands, minus or brackets
    below zero; null where it is none.
#}
{% macro export_number(text, type, decimal_sign='.') -%}
    {%- set thousands = '.' if decimal_sign == ',' else ',' -%}
    {%- set plain = "regexp_replace(replace(" ~ text ~ ", '" ~ thousands ~ "', ''), '[$€£ ]', '', 'g')" -%}
    try_cast(
        regexp_replace(replace({{ plain }}, '{{ decimal_sign }}', '.'), '^\((.*)\)$', '-\1')
        as {{ type }}
    )
{%- endmacro %}
