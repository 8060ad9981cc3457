{# The records of patient_records under one another, each with what its exclusion depends on. #}
{% macro union_of_patient_records() -%}
with

unioned as (

    {% for entity, key, own_reason in patient_records() -%}
    select
        '{{ entity }}' as entity,
        {{ key }} as record_key,
        source_system,
        patient_key,
        status_code,
        {{ own_reason }} as own_reason
    from {{ ref('int_clinic__' ~ entity) }}
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

)

select * from unioned
{%- endmacro %}
