{#
    Every custom field of every record under one another, with the column that takes it and whether
    its value fits that column's type. The fields of one record share its JSON.
#}
{% macro union_of_custom_field_values() -%}
{%- do ref('salesforce_picklists') -%}
with

unioned as (

    {% for entity, key, mart, sobject in custom_field_marts() -%}
    select
        '{{ entity }}' as entity,
        {{ key }} as record_key,
        source_system,
        unnest(json_keys(custom_fields)) as field_name,
        custom_fields,
        '{{ sobject }}' as sobject
    from {{ ref('int_clinic__' ~ entity) }}
    where custom_fields is not null
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

),

typed as (

    select
        {{ custom_field_value_key('record_key', 'field_name') }} as custom_field_value_key,
        entity,
        record_key,
        source_system,
        field_name,
        sobject,
        case
            {%- for entity, key, mart, sobject in custom_field_marts() %}
            {%- for column in mapped_custom_columns(mart) %}
            when entity = '{{ entity }}' and field_name = {{ source_custom_field_text(column) }}
                then '{{ column.name }}'
            {%- endfor %}
            {%- endfor %}
            when false then ''
        end as column_name,
        case
            {%- for entity, key, mart, sobject in custom_field_marts() %}
            {%- for column in mapped_custom_columns(mart) %}
            when entity = '{{ entity }}' and field_name = {{ source_custom_field_text(column) }}
                then {{ custom_field_value('custom_fields', column) }} is not null
            {%- endfor %}
            {%- endfor %}
            else false
        end as is_castable,
        coalesce(
            {{ is_reserved_text(
                'json_extract_string(custom_fields, ' ~ custom_field_pointer('field_name') ~ ')'
            ) }},
            false
        ) as is_reserved
    from unioned

)

select * from typed
{%- endmacro %}
