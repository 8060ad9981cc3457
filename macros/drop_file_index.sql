{#
    Drops the index of the files for as long as models are built. A table that is built anew is renamed, and while it
    is, DuckDB answers no question about indexes: every other model asks one, and would fail.
#}
{% macro drop_file_index() -%}
    {{ return(adapter.dispatch('drop_file_index')()) }}
{%- endmacro %}

{% macro default__drop_file_index() -%}{%- endmacro %}

{% macro duckdb__drop_file_index() -%}
    {%- if execute and file_mart() is not none -%}
        {%- do drop_indexes_on_relation(file_mart()) -%}
    {%- endif -%}
{%- endmacro %}
