{#
    The payer's key: of the Organization that is named, or, where a source names a payer by nothing
    but its display (Synthea), of the display itself. A patient who pays is no payer: null.
#}
{% macro fhir_payer_key(system, reference, display) -%}
    case
        when {{ reference }} is not null
            then {{ clinic_key(system, 'payer', fhir_reference_id(reference, 'Organization')) }}
        else {{ clinic_key(system, 'payer', ["'display'", display]) }}
    end
{%- endmacro %}
