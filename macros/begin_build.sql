{#
    Says that the models are being built, until end_build says how it ended: a build that is killed leaves marts of two
    builds, and nobody may take them for one. Commands that write no model (test, compile, docs) say nothing.
#}
{% macro begin_build() -%}
    {%- if execute and flags.WHICH in ['build', 'run', 'seed', 'snapshot'] -%}
        create schema if not exists audit;
        create or replace table audit.last_dbt_build as select 'it did not come to its end' as why_not_whole;
    {%- endif -%}
{%- endmacro %}
