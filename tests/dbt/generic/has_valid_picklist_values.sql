{# Every value of a multi-select column (`a;b`) is in the named value set of salesforce_picklists. #}
{% test has_valid_picklist_values(model, column_name, value_set) %}
with

records as (

    select unnest(string_split({{ column_name }}, ';')) as picked from {{ model }}

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
