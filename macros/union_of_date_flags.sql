{#
    The records whose dates were written in part (2012-05) or cannot be read. `branches` lists
    [model, entity, what the key says it is, id column, contract column, text, value, condition]:
    `text` is as the source wrote it, `value` what was read; the condition may be left out.
#}
{% macro union_of_date_flags(branches) -%}
    {% for branch in branches -%}
    {%- set text = branch[5] -%}
    {%- set value = branch[6] -%}
    select
        '{{ branch[1] }}' as entity,
        {{ clinic_key('source_system', branch[2], branch[3]) }} as record_key,
        source_system,
        '{{ branch[4] }}' as column_name,
        case when {{ value }} is null then 'unreadable_date' else 'partial_date' end as flag
    from {{ ref(branch[0]) }}
    where
        {{ text }} is not null
        and ({{ value }} is null or length({{ text }}) < 10)
        {%- if branch | length > 7 %}
        and {{ branch[7] }}
        {%- endif %}
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
