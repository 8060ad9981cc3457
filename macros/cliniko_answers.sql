{#
    One row per question of a form or a note of Cliniko, with what was answered; of choices those
    that were made. `id` names the record's column, `sections` the path: the archive reads from a
    model's own text which fields it takes. It is a whole model.
#}
{% macro cliniko_answers(table, id, sections) -%}
with

source as (

    select
        system as source_system,
        id as {{ id }},
        json_extract(doc, '{{ sections }}') as sections
    from {{ source('raw_cliniko', table) }}

),

sections as (

    {{ explode_json('source', ['source_system', id], 'sections') }}

),

opened as (

    select
        source_system,
        {{ id }},
        ordinal as section_number,
        json_extract_string(element, '$.name') as section_name,
        json_extract(element, '$.questions') as questions
    from sections

),

questions_told_apart as (

    {{ explode_json(
        'opened', ['source_system', id, 'section_number', 'section_name'], 'questions'
    ) }}

),

renamed as (

    select
        source_system,
        {{ id }},
        section_number,
        section_name,
        ordinal as question_number,
        json_extract_string(element, '$.name') as question,
        coalesce(
            {{ text_of_html("json_extract_string(element, '$.answer')") }},
            {{ chosen_options('element', '$.answers[*]', '$.value') }}
        ) as answer
    from questions_told_apart

)

select * from renamed
{%- endmacro %}
