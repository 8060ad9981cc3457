{# The calendar date that a UTC moment has in an IANA time zone. #}
{% macro local_date(utc_moment, time_zone) -%}
    {{ return(adapter.dispatch('local_date')(utc_moment, time_zone)) }}
{%- endmacro %}

{% macro duckdb__local_date(utc_moment, time_zone) -%}
    cast(timezone({{ time_zone }}, timezone('UTC', {{ utc_moment }})) as date)
{%- endmacro %}

{% macro spark__local_date(utc_moment, time_zone) -%}
    cast(from_utc_timestamp({{ utc_moment }}, {{ time_zone }}) as date)
{%- endmacro %}
