{# Every row of the marts of primary_marts: its sObject, the record it stands for, its key. #}
{% macro union_of_mart_keys() -%}
    {% for mart, sobject, key in primary_marts() -%}
    select
        '{{ sobject }}' as sobject,
        Clinic_Id__c as record_key,
        {{ key }} as clinic_id
    from {{ ref(mart) }}
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}
{%- endmacro %}
