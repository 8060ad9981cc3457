{# The moment that a time of OpenEMR states, on the clinic's own clock; a zero date is not known. #}
{% macro openemr_timestamp(text) -%}
    {{ return(adapter.dispatch('openemr_timestamp')(text)) }}
{%- endmacro %}

{% macro duckdb__openemr_timestamp(text) -%}
    try_cast(nullif({{ text }}, '0000-00-00 00:00:00') as timestamp)
{%- endmacro %}
