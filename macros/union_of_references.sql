{#
    The references that several models make, with the role they are made in. `branches` lists
    [model, reference column, role, condition]; the condition may be left out.
#}
{% macro union_of_references(branches) -%}
    {% for branch in branches -%}
    select
        source_system,
        {{ branch[1] }} as reference,
        '{{ branch[2] }}' as made_as
    from {{ ref(branch[0]) }}
    {%- if branch | length > 3 %}
    where {{ branch[3] }}
    {%- endif %}
    {{- '\n\n    union all\n\n    ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
