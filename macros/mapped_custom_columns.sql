{#
    The columns of a mart that a source's custom field fills, from the mart's YAML. dbt knows no
    other model's columns while it parses: the list is empty then.
#}
{% macro mapped_custom_columns(mart) -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if node.name == mart -%}
            {%- for column in node.columns.values() if source_custom_field(column) -%}
                {%- do found.append(column) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
