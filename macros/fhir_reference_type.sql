{# The resource type that a FHIR reference states; null where it states none (`urn:uuid:x`, `#x`). #}
{% macro fhir_reference_type(reference) -%}
    nullif(regexp_extract({{ reference }}, '(?:^|/)([A-Z][A-Za-z]+)(?:/[^/]+(?:/_history/[^/]+)?|[?].*)$', 1), '')
{%- endmacro %}
