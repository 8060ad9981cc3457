{# The servers that somebody has decided about, as a list of texts: the clinic's own and those of others. #}
{% macro known_fhir_servers() -%}
    {%- set servers = (var('fhir_own_servers') ~ ' ' ~ var('fhir_other_servers')).split() -%}
    {%- for server in servers or [''] -%}
        {{ dbt.string_literal(server.rstrip('/')) }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
