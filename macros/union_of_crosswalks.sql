{# The crosswalk seeds under one another, each with its concept. #}
{% macro union_of_crosswalks() -%}
with

unioned as (

    {% for concept in crosswalk_concepts() -%}
    select
        '{{ concept }}' as concept,
        source_system,
        source_value,
        salesforce_value
    from {{ ref(concept ~ '_to_salesforce') }}
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

)

select * from unioned
{%- endmacro %}
