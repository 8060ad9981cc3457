{#
    The calendar day that a FHIR date or dateTime states, in the place where it was written: it is
    never shifted by an offset. `2012-05` and `2012` give their first day (int_fhir__quality_flags
    lists them as partial); what cannot be read, or cannot be meant (the year 62), gives null
    (listed there as unreadable).
#}
{% macro fhir_date(text) -%}
    {{ return(plausible_moment(adapter.dispatch('fhir_date')(text))) }}
{%- endmacro %}

{% macro duckdb__fhir_date(text) -%}
    try_cast(
        case
            when regexp_full_match({{ text }}, '[0-9]{4}') then {{ text }} || '-01-01'
            when regexp_full_match({{ text }}, '[0-9]{4}-[0-9]{2}') then {{ text }} || '-01'
            when regexp_matches({{ text }}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}($|T)')
                then left({{ text }}, 10)
        end as date
    )
{%- endmacro %}
