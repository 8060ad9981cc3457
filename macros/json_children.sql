{#
    For the recursive half of a query that walks nested JSON: two columns, the child's position
    (the parent's, a dot, four digits) and its JSON text, one row per child under any of `paths`.
#}
{% macro json_children(position, json, paths) -%}
    {{ return(adapter.dispatch('json_children')(position, json, paths)) }}
{%- endmacro %}

{% macro duckdb__json_children(position, json, paths) -%}
    {%- set children = [] -%}
    {%- for path in paths -%}
        {%- do children.append("json_extract(" ~ json ~ ", '" ~ path ~ "')") -%}
    {%- endfor -%}
    {%- set all_children = "flatten([" ~ children | join(', ') ~ "])" -%}
    {{ position }} || '.' || lpad(
            cast(generate_subscripts({{ all_children }}, 1) as varchar), 4, '0'
        ) as {{ position }},
        cast(unnest({{ all_children }}) as varchar) as {{ json }}
{%- endmacro %}
