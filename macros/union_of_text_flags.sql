{#
    Rows of marts whose companion fields are filled: what did not fit, and what is no address or
    telephone number. [mart, sObject, entity or none where the key tells it, has contact details].
#}
{% macro union_of_text_flags() -%}
with

unioned as (

    {% for mart, entity, has_contact_details in marts_with_companions() -%}
    select
        '{{ entity }}' as entity,
        Clinic_Id__c as record_key,
        'text_overflow' as flag,
        'Overflow_Text__c' as field,
        cast(null as string) as detail
    from {{ ref(mart) }}
    where Overflow_Text__c is not null

    {% if has_contact_details -%}
    union all

    select
        '{{ entity }}' as entity,
        Clinic_Id__c as record_key,
        'invalid_contact_detail' as flag,
        'Invalid_Contact_Details__c' as field,
        cast(null as string) as detail
    from {{ ref(mart) }}
    where Invalid_Contact_Details__c is not null

    {% endif -%}
    {% if not loop.last -%}
    union all

    {% endif %}
    {%- endfor %}

)

select * from unioned
{%- endmacro %}
