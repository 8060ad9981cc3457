{#
    The key of a row that other records give rise to: `demo:patient:7` yields `demo:household:7`,
    `demo:provider:5` and `demo:patient:7` together `demo:provider_patient:5/7`. `keys` is one SQL
    expression or a list of them. What stands after the second colon is kept as it is, for an id's
    own colons are escaped; a key over 255 characters holds the sha256 of that part instead.
#}
{% macro derived_key(keys, what) -%}
    {%- set origins = [keys] if keys is string else keys -%}
    {%- set ids = [] -%}
    {%- for key in origins -%}
        {%- do ids.append("split_part(" ~ key ~ ", ':', 3)") -%}
    {%- endfor -%}
    {%- set id = ids | join(" || '/' || ") -%}
    {%- set prefix = "split_part(" ~ origins[0] ~ ", ':', 1) || ':" ~ what ~ ":' || " -%}
    case
        when length({{ prefix }}{{ id }}) <= 255 then {{ prefix }}{{ id }}
        else {{ prefix }}{{ sha256_text(id) }}
    end
{%- endmacro %}
