{#
    The bare id behind a FHIR reference: `Type/x`, `Type/x/_history/2`, `https://host/fhir/Type/x`,
    `urn:uuid:x`, `urn:oid:x`, and `#x` (contained: keeps its mark). A conditional reference
    (`Type?identifier=...`) keeps its query: it names nobody until a source resolves it.
    A reference to a server that is not the clinic's (CLINIC_FHIR_OTHER_SERVERS) stays whole, so that
    it never is the record that has the same id here.
    With `types`, a reference that states another type gives null; `urn:` states none and passes.
#}
{% macro fhir_reference_id(reference, types=[]) -%}
    {%- set types = [types] if types is string else types -%}
    {%- set elsewhere = [] -%}
    {%- for server in var('fhir_other_servers').split() -%}
        {%- do elsewhere.append('starts_with(' ~ reference ~ ', ' ~ dbt.string_literal(server.rstrip('/') ~ '/') ~ ')') -%}
    {%- endfor -%}
    {%- set bare -%}
        regexp_replace(
            regexp_replace({{ reference }}, '/_history/[^/]*$', ''),
            '^(urn:[a-z]+:|([^?]*/)?[A-Za-z]+[/?])',
            ''
        )
    {%- endset -%}
    {%- set id = bare if not elsewhere else
        'case when ' ~ elsewhere | join(' or ') ~ ' then ' ~ reference ~ ' else ' ~ bare ~ ' end' -%}
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
