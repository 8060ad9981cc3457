{#
    The key of one custom field of one record: `demo:patient:7` and `sphere` yield
    `demo:custom_field_value:patient/7/sphere`, as the source's own records count it.
#}
{% macro custom_field_value_key(record_key, field_name) -%}
    split_part({{ record_key }}, ':', 1)
    || ':custom_field_value:'
    || split_part({{ record_key }}, ':', 2)
    || '/'
    || split_part({{ record_key }}, ':', 3)
    || '/'
    || {{ clinic_key_part(field_name) }}
{%- endmacro %}
