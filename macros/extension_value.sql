{# The value of one extension, for a query over stg_fhir__extensions grouped by resource. #}
{% macro extension_value(name) -%}
    max(case when extension_name = '{{ name }}' then extension_value end)
{%- endmacro %}
