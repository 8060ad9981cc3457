{# Every value of a polymorphic lookup is the Clinic_Id__c of a row of one of the marts named. #}
{% test refers_to_one_of(model, column_name, marts) %}
with

children as (

    select {{ column_name }} as parent_id from {{ model }}

    where {{ column_name }} is not null

),

parents as (

    {% for mart in marts -%}
    select Clinic_Id__c as parent_id from {{ mart }}
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

),

orphans as (

    select children.parent_id

    from children

    left join parents on children.parent_id = parents.parent_id

    where parents.parent_id is null

)

select * from orphans
{% endtest %}
