{# Whether a whole text is `#N/A`, by which a Salesforce file says "empty this field". #}
{% macro is_reserved_text(expression) -%}
    trim({{ expression }}) = '#N/A'
{%- endmacro %}
