{# The moment that a text of an export states on the clinic's clock (CLINIC_TIME_ZONE), in UTC. #}
{% macro export_utc(text, format) -%}
    {{ utc_from_local(export_moment(text, format), "'" ~ var('clinic_time_zone') ~ "'") }}
{%- endmacro %}
