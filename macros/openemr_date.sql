{#
    The day that a date of OpenEMR states. A zero date (`0000-00-00`) is how MySQL writes that it is
    not known; a day or a month of zero gives the first one (int_openemr__quality_flags lists them).
#}
{% macro openemr_date(text) -%}
    {{ return(adapter.dispatch('openemr_date')(text)) }}
{%- endmacro %}

{% macro duckdb__openemr_date(text) -%}
    try_cast(replace(nullif(left({{ text }}, 10), '0000-00-00'), '-00', '-01') as date)
{%- endmacro %}
