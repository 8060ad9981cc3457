{# Every coded column of the clinic contract under one another, as clinic_codes lists them. #}
{% macro union_of_codes() -%}
with

unioned as (

    {% for concept, entity, key, column in clinic_codes() -%}
    select
        '{{ concept }}' as concept,
        '{{ entity }}' as entity,
        {{ key }} as record_key,
        source_system,
        {{ column }} as source_value
    from {{ ref('int_clinic__' ~ entity) }}
    where {{ column }} is not null
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

)

select * from unioned
{%- endmacro %}
