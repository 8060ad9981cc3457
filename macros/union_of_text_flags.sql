{# Rows of marts whose companion fields are filled, as a select statement: the body of a CTE. #}
{% macro union_of_text_flags() -%}
    {% for mart, has_contact_details in marts_with_companions() -%}
    select
        Clinic_Id__c as record_key,
        'text_overflow' as flag,
        'Overflow_Text__c' as field
    from {{ ref(mart) }}
    where Overflow_Text__c is not null

    {% if has_contact_details -%}
    union all

    select
        Clinic_Id__c as record_key,
        'invalid_contact_detail' as flag,
        'Invalid_Contact_Details__c' as field
    from {{ ref(mart) }}
    where Invalid_Contact_Details__c is not null

    {% endif -%}
    {% if not loop.last -%}
    union all

    {% endif %}
    {%- endfor %}
{%- endmacro %}
