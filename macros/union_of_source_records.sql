{#
    The records of several shaped entities, each with the raw row that it stands for. `branches`
    lists [model, entity, record key, raw table, raw id, condition]; the last two may be left out
    (source_id, none).
#}
{% macro union_of_source_records(branches) -%}
    {% for branch in branches -%}
    select
        '{{ branch[1] }}' as entity,
        {{ branch[2] }} as record_key,
        source_system,
        {{ branch[3] }} as raw_table,
        {{ branch[4] | default('source_id') }} as raw_id
    from {{ ref(branch[0]) }}
    {%- if branch | length > 5 %}
    where {{ branch[5] }}
    {%- endif %}
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
