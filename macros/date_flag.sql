{#
    One branch of int_fhir__quality_flags: the records of `model` whose date was written in part
    (2012-05) or cannot be read. `text` is as the source wrote it, `day` what staging made of it.
#}
{% macro date_flag(model, entity, what, id, column, text, value) -%}
    select
        '{{ entity }}' as entity,
        {{ clinic_key('source_system', what, id) }} as record_key,
        source_system,
        '{{ column }}' as column_name,
        case when {{ value }} is null then 'unreadable_date' else 'partial_date' end as flag
    from {{ ref(model) }}
    where
        {{ text }} is not null
        and ({{ value }} is null or length({{ text }}) < 10)
{%- endmacro %}
