{#
    The last items of a mart's select list: the column named in `after`, and behind it those that
    the mart's YAML declares with `source_custom_field`, out of the clinic contract's JSON. There may
    be none, hence `after`: a comma belongs between, and none at the end. `model.columns` is empty
    while dbt parses and inside unit tests; the reference is declared all the same. A checkbox that
    nobody filled in is false.
#}
{% macro custom_field_columns(custom_fields, after) -%}
    {%- do ref('salesforce_picklists') -%}
    {{ after }}
    {%- for column in model.columns.values() if source_custom_field(column) -%}
    ,
        {% if column.data_type | lower == 'boolean' -%}
        coalesce({{ custom_field_value(custom_fields, column) }}, false)
        {%- else -%}
        {{ custom_field_value(custom_fields, column) }}
        {%- endif %} as {{ column.name }}
    {%- endfor -%}
{%- endmacro %}
