{#
    Every custom field that a mart's row holds. A checkbox is false where nobody filled it in, so
    for it the row must be there and the value must be one that its column takes.
#}
{% macro union_of_loaded_custom_values() -%}
    {% for entity, key, mart, sobject in custom_field_marts() -%}
    {% for column in mapped_custom_columns(mart) -%}
    select
        '{{ entity }}' as entity,
        '{{ sobject }}' as sobject,
        mart_row.Clinic_Id__c as record_key,
        {{ source_custom_field_text(column) }} as field_name
    from {{ ref(mart) }} as mart_row
    {% if column.data_type | lower == 'boolean' -%}
    inner join {{ ref('int_custom_field_values') }} as stated
        on
            mart_row.Clinic_Id__c = stated.record_key
            and stated.entity = '{{ entity }}'
            and stated.field_name = {{ source_custom_field_text(column) }}
            and stated.is_castable
    {%- else -%}
    where mart_row.{{ column.name }} is not null
    {%- endif %}

    union all

    {% endfor -%}
    {% endfor -%}
    select
        cast(null as string) as entity,
        cast(null as string) as sobject,
        cast(null as string) as record_key,
        cast(null as string) as field_name
    from {{ ref('int_custom_field_values') }}
    where false
{%- endmacro %}
