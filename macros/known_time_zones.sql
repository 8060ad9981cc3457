{# The names of the IANA time zones that the warehouse can convert to. #}
{% macro known_time_zones() -%}
    {{ return(adapter.dispatch('known_time_zones')()) }}
{%- endmacro %}

{% macro duckdb__known_time_zones() -%}
    select name as time_zone from pg_timezone_names()
{%- endmacro %}
