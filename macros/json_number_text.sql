{#
    The same JSON with each number written as a string of its own characters. DuckDB reads 1.00 as
    1.0, which is a different lab value; a path into this text gives the number as it was sent.
    The pattern consumes the document token by token, strings first, so digits inside a string stay
    alone and every number gets its own mark, however many quantities the document holds. chr(1)
    may not stand in JSON unescaped: it marks the places and is gone in the end.
    `where_it_has` names elements (valueDecimal): a document with none of them is left as it is.
#}
{% macro json_number_text(json, where_it_has=[]) -%}
    {{ return(adapter.dispatch('json_number_text')(json, where_it_has)) }}
{%- endmacro %}

{% macro duckdb__json_number_text(json, where_it_has) -%}
    {%- set marked -%}
        regexp_replace(
            {{ json }},
            '("(?:[^"\\]|\\.)*")|(-?[0-9][0-9.eE+-]*)',
            '\1' || chr(1) || '\2' || chr(1),
            'g'
        )
    {%- endset -%}
    case
        {%- if where_it_has %}
        when
            {%- for element in where_it_has %}
            {{ 'and ' if not loop.first }}not contains({{ json }}, '"{{ element }}"')
            {%- endfor %}
            then {{ json }}
        {%- endif %}
        when {{ json }} is not null
            then replace(replace({{ marked }}, chr(1) || chr(1), ''), chr(1), '"')
    end
{%- endmacro %}
