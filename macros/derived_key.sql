{#
    The key of a row that another record gives rise to: `demo:patient:7` yields
    `demo:household:7`. What stands after the second colon is kept as it is, for an id's own colons
    are escaped; a key over 255 characters holds the sha256 of that part instead.
#}
{% macro derived_key(key, what) -%}
    {%- set system = "split_part(" ~ key ~ ", ':', 1)" -%}
    {%- set id = "split_part(" ~ key ~ ", ':', 3)" -%}
    {%- set prefix = system ~ " || ':" ~ what ~ ":' || " -%}
    case
        when length({{ prefix }}{{ id }}) <= 255 then {{ prefix }}{{ id }}
        else {{ prefix }}{{ sha256_text(id) }}
    end
{%- endmacro %}
