{# Every reference of clinic_references whose target does not exist, under one another. #}
{% macro union_of_orphan_references() -%}
with

unioned as (

    {% for entity, key, column, target, target_key in clinic_references() -%}
    select
        '{{ entity }}' as entity,
        child.{{ key }} as record_key,
        'orphan_reference' as flag,
        '{{ column }}' as field,
        child.{{ column }} as detail
    from {{ ref('int_clinic__' ~ entity) }} as child
    left join {{ ref('int_clinic__' ~ target) }} as parent
        on child.{{ column }} = parent.{{ target_key }}
    where child.{{ column }} is not null and parent.{{ target_key }} is null
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

)

select * from unioned
{%- endmacro %}
