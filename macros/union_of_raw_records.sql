{# The rows of several raw tables by name only: source_system, raw_table, raw_id. #}
{% macro union_of_raw_records(raw_tables, raw_source='raw_fhir') -%}
    {% for raw_table in raw_tables -%}
    select
        system as source_system,
        '{{ raw_table }}' as raw_table,
        id as raw_id
    from {{ source(raw_source, raw_table) }}
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
