{#
    The bare id behind a FHIR reference: `Type/x`, `Type/x/_history/2`, `https://host/fhir/Type/x`,
    `urn:uuid:x`, `urn:oid:x`, and `#x` (contained: keeps its mark). A conditional reference
    (`Type?identifier=...`) keeps its query: it names nobody until a source resolves it.
    With `types`, a reference that states another type gives null; `urn:` states none and passes.
#}
{% macro fhir_reference_id(reference, types=[]) -%}
    {%- set types = [types] if types is string else types -%}
    {%- set id -%}
        regexp_replace(
            regexp_replace({{ reference }}, '/_history/[^/]*$', ''),
            '^(urn:[a-z]+:|([^?]*/)?[A-Za-z]+[/?])',
            ''
        )
    {%- endset -%}
    {%- if types -%}
    case
        when
            {{ reference }} like 'urn:%'
            or {{ reference }} like '#%'
            or {{ fhir_reference_type(reference) }} in ('{{ types | join("', '") }}')
            then {{ id }}
    end
    {%- else -%}
    {{ id }}
    {%- endif -%}
{%- endmacro %}
