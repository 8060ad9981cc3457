{# A moment with a zone, as a plain timestamp in UTC. #}
{% macro utc_timestamp(expression) -%}
    {{ return(adapter.dispatch('utc_timestamp')(expression)) }}
{%- endmacro %}

{% macro duckdb__utc_timestamp(expression) -%}
    cast({{ expression }} at time zone 'UTC' as timestamp)
{%- endmacro %}

{% macro spark__utc_timestamp(expression) -%}
    to_utc_timestamp({{ expression }}, current_timezone())
{%- endmacro %}
