{# The UTC moment at which clocks of an IANA time zone show a time. #}
{% macro utc_from_local(local_moment, time_zone) -%}
    {{ return(adapter.dispatch('utc_from_local')(local_moment, time_zone)) }}
{%- endmacro %}

{% macro duckdb__utc_from_local(local_moment, time_zone) -%}
    timezone('UTC', timezone({{ time_zone }}, {{ local_moment }}))
{%- endmacro %}

{% macro spark__utc_from_local(local_moment, time_zone) -%}
    to_utc_timestamp({{ local_moment }}, {{ time_zone }})
{%- endmacro %}
