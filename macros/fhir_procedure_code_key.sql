{#
    The key of what was done or sold: code system and code. Where a source writes words instead of a
    code, the words are the code; where it names no system, the system is `unstated`.
#}
{% macro fhir_procedure_code_key(system, code_system, code, description) -%}
    {{ clinic_key(
        system,
        'procedure_code',
        [
            "coalesce(" ~ code_system ~ ", 'unstated')",
            "coalesce(" ~ code ~ ", " ~ description ~ ")",
        ]
    ) }}
{%- endmacro %}
