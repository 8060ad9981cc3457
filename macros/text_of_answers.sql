{#
    What was written in each note or form of Cliniko: a line for each question that was answered,
    and a title above the first of a section. It is a whole select statement: the body of a CTE.
#}
{% macro text_of_answers(model, id) -%}
    select
        source_system,
        {{ id }},
        string_agg(section_text, chr(10) order by section_number) as body
    from (
        select
            source_system,
            {{ id }},
            section_number,
            concat_ws(
                chr(10),
                any_value(section_name),
                string_agg(concat_ws(': ', question, answer), chr(10) order by question_number)
            ) as section_text
        from {{ ref(model) }}
        where answer is not null
        group by source_system, {{ id }}, section_number
    ) as sections
    group by source_system, {{ id }}
{%- endmacro %}
