{# The table of the mart that holds the bytes of files; none before it was built. #}
{% macro file_mart() -%}
    {%- set model = graph.nodes['model.' ~ project_name ~ '.sf_content_version'] -%}
    {{ return(adapter.get_relation(model.database, model.schema, model.alias)) }}
{%- endmacro %}
