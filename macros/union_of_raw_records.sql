{# The rows of several raw tables by name only: source_system, raw_table, raw_id, and whether a text in it is encoded twice. #}
{% macro union_of_raw_records(raw_tables, raw_source='raw_fhir') -%}
    {% for raw_table in raw_tables -%}
    select
        system as source_system,
        '{{ raw_table }}' as raw_table,
        id as raw_id,
        {{ has_text_encoded_twice('doc') }} as has_text_encoded_twice
    from {{ source(raw_source, raw_table) }}
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
