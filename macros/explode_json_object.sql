{#
    One row for each member of a JSON object whose value is text: the columns named in `keys`, `key`
    and `value`. It is a whole select statement: the body of a CTE.
#}
{% macro explode_json_object(relation, keys, json) -%}
    {{ return(adapter.dispatch('explode_json_object')(relation, keys, json)) }}
{%- endmacro %}

{% macro duckdb__explode_json_object(relation, keys, json) -%}
    select
        {{ keys | join(',\n        ') }},
        unnest(json_keys({{ json }})) as key,
        unnest(json_extract_string({{ json }}, '$.*')) as value
    from {{ relation }}
{%- endmacro %}

{% macro spark__explode_json_object(relation, keys, json) -%}
    select
        {{ keys | join(',\n        ') }},
        key,
        value
    from {{ relation }}
    lateral view explode(from_json({{ json }}, 'map<string,string>')) as key, value
{%- endmacro %}
