{# Where a custom field stands in the clinic contract's JSON, whatever characters its name has. #}
{% macro custom_field_pointer(field_name) -%}
    '/' || replace(replace({{ field_name }}, '~', '~0'), '/', '~1')
{%- endmacro %}
