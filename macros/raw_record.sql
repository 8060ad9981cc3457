{# One branch of int_fhir__raw_records: the rows of one raw FHIR table. A whole select statement. #}
{% macro raw_record(raw_table) -%}
    select
        system as source_system,
        '{{ raw_table }}' as raw_table,
        id as raw_id
    from {{ source('raw_fhir', raw_table) }}
{%- endmacro %}
