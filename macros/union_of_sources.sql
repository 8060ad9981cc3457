{#
    One entity of the clinic contract: the union of every source's model of it, cast to the types
    that the contract's YAML declares. `model.columns` is empty while dbt parses and in unit tests:
    there the sources' own columns stand.
#}
{% macro union_of_sources(entity) -%}
with

unioned as (

    {% for source, lacking in clinic_sources().items() if entity not in lacking -%}
    select
        {%- for column in model.columns.values() %}
        cast({{ column.name }} as {{ column.data_type }}) as {{ column.name }}{{ ',' if not loop.last }}
        {%- else %}
        *
        {%- endfor %}
    from {{ ref('int_' ~ source ~ '__' ~ entity) }}
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

)

select * from unioned
{%- endmacro %}
