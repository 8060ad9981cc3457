{#
    The long texts of the clinic contract, other than the bodies of notes, that exceed 131,072 UTF-16
    units, each with the title of its File.
#}
{% macro union_of_long_texts() -%}
    {% for entity, key, column, title, file_kind in [
        ['claims', 'claim_key', 'denial_reason', 'Denial reason', 'denial_reason_file'],
        ['claims', 'claim_key', 'diagnosis_codes', 'Diagnosis codes', 'diagnosis_codes_file'],
        ['lab_results', 'lab_result_key', 'result_text', 'Result', 'result_file'],
        ['prescriptions', 'prescription_key', 'note', 'Note', 'prescription_note_file'],
        ['recalls', 'recall_key', 'note', 'Note', 'recall_note_file'],
    ] -%}
    select
        '{{ entity }}' as entity,
        {{ key }} as record_key,
        source_system,
        '{{ title }}' as title,
        '{{ file_kind }}' as file_kind,
        {{ column }} as long_text
    from {{ ref('int_clinic__' ~ entity) }}
    where {{ utf16_length(column) }} > 131072
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}
{%- endmacro %}
