{#
    One branch of int_fhir__records_shaped: every row of `model` is a record of `entity`, and came
    from the raw row that `raw_table` and `raw_id` name. A whole select statement.
#}
{% macro source_record(model, entity, record_key, raw_table, raw_id='source_id') -%}
    select
        '{{ entity }}' as entity,
        {{ record_key }} as record_key,
        source_system,
        {{ raw_table }} as raw_table,
        {{ raw_id }} as raw_id
    from {{ ref(model) }}
{%- endmacro %}
