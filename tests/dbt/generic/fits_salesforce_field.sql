{#
    Every text is as short, and every number as small, as its field in Salesforce asks: a standard
    field as the snapshot of the org's describe says, a custom one as its own YAML does. A standard
    column that the snapshot does not know, or that cannot be created, fails as well.
#}
{% test fits_salesforce_field(model, sobject) %}
{%- set limits = field_limits(model.identifier) -%}
with

records as (

    select * from {{ model }}

),

fields as (

    select * from {{ ref('salesforce_fields') }}

    where sobject = '{{ sobject }}' and createable

),

misfits as (

    {% for field in limits.standard -%}
    select '{{ field }} is no field' as misfit
    where '{{ field }}' not in (select fields.field from fields)

    union all

    {% endfor -%}
    {% for field, length in limits.texts -%}
    select '{{ field }} is too long' as misfit from records
    where
        {{ utf16_length(field) }} > {% if length is none -%}
            (select fields.length from fields where fields.field = '{{ field }}')
        {%- else -%}
            {{ length }}
        {%- endif %}

    union all

    {% endfor -%}
    {% for field in limits.numbers -%}
    select '{{ field }} is too large or too fine' as misfit from records
    where
        abs({{ field }}) >= (
            select power(10, fields.precision - fields.scale) from fields
            where fields.field = '{{ field }}'
        )
        or {{ field }} != round({{ field }}, 2)

    union all

    {% endfor -%}
    select 'nothing to compare' as misfit
    where {{ limits.standard | length + limits.texts | length }} = 0

)

select * from misfits
{% endtest %}
