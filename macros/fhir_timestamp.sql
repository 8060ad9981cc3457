{#
    The moment that a FHIR dateTime or instant states, in UTC. Offsets are applied by way of
    `timestamptz`: a plain cast to timestamp drops them in silence. A date without a time gives
    its midnight, unshifted; a time without an offset is read as UTC, whatever the session's zone.
#}
{% macro fhir_timestamp(text) -%}
    {{ return(plausible_moment(adapter.dispatch('fhir_timestamp')(text))) }}
{%- endmacro %}

{% macro duckdb__fhir_timestamp(text) -%}
    case
        when length({{ text }}) <= 10 then cast({{ fhir_date(text) }} as timestamp)
        when regexp_matches({{ text }}, '(Z|[+-][0-9]{2}:[0-9]{2})$')
            then try_cast({{ text }} as timestamptz) at time zone 'UTC'
        else try_cast({{ text }} || 'Z' as timestamptz) at time zone 'UTC'
    end
{%- endmacro %}
