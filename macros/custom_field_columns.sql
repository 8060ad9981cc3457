{#
    The columns that a mart's YAML declares with `source_custom_field`, out of the clinic contract's
    JSON: the last item of the select list, with its own leading comma, for there may be none.
    `model.columns` is empty while dbt parses and inside unit tests; the reference is declared all
    the same. A checkbox that nobody filled in is false.
#}
{% macro custom_field_columns(custom_fields) -%}
    {%- do ref('salesforce_picklists') -%}
    {%- for column in model.columns.values() if source_custom_field(column) -%}
    ,
        {% if column.data_type == 'boolean' -%}
        coalesce({{ custom_field_value(custom_fields, column) }}, false)
        {%- else -%}
        {{ custom_field_value(custom_fields, column) }}
        {%- endif %} as {{ column.name }}
    {%- endfor -%}
{%- endmacro %}
