{#
    Every value of a column is in the named value set of salesforce_picklists; with `is_several`
    each of those that a multi-select column joins with `;`.
#}
{% test valid_picklist_value(model, column_name, value_set, is_several=false) %}
with

records as (

    select
        {% if is_several -%}
        unnest(string_split({{ column_name }}, ';')) as picked
        {%- else -%}
        {{ column_name }} as picked
        {%- endif %}

    from {{ model }}

    where {{ column_name }} is not null

),

picklist_values as (

    select * from {{ ref('salesforce_picklists') }}

    where value_set = '{{ value_set }}'

),

unlisted as (

    select records.picked

    from records

    left join picklist_values on records.picked = picklist_values.value

    where picklist_values.value is null

)

select * from unlisted
{% endtest %}
