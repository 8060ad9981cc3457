{# Writes down why the models are not of one whole build, for plan and audit; nothing where they are. #}
{% macro tell_of_build(why_not_whole) -%}
    create schema if not exists audit;
    create or replace table audit.last_dbt_build as
    select {{ dbt.string_literal(why_not_whole) }} as why_not_whole;
{%- endmacro %}
