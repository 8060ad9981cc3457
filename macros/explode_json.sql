{#
    One row for each element of a JSON array: the columns named in `keys`, `ordinal` (from 1, in
    the array's order) and `element` (JSON text). A missing or empty array gives no row.
    What is no JSON array (a server that writes a name as a string) gives no row either: one odd
    resource must not stop a build, nor print itself into an error.
    It is a whole select statement: the body of a CTE.
#}
{% macro explode_json(relation, keys, json) -%}
    {{ return(adapter.dispatch('explode_json')(relation, keys, json)) }}
{%- endmacro %}

{% macro duckdb__explode_json(relation, keys, json) -%}
    {%- set elements -%}
        case when json_valid({{ json }}) then json_extract({{ json }}, '$[*]') end
    {%- endset -%}
    select
        {{ keys | join(',\n        ') }},
        generate_subscripts({{ elements }}, 1) as ordinal,
        cast(unnest({{ elements }}) as varchar) as element
    from {{ relation }}
{%- endmacro %}

{% macro spark__explode_json(relation, keys, json) -%}
    select
        {{ keys | join(',\n        ') }},
        position + 1 as ordinal,
        element
    from {{ relation }}
    lateral view posexplode(from_json({{ json }}, 'array<string>')) as position, element
{%- endmacro %}
