{#
    Says in audit.last_dbt_build whether all models are of this one build and no test of it failed: nothing there, or
    what is missing. A test that fails later takes a whole build's word back; one that passes gives it to none.
#}
{% macro end_build(results) -%}
    {%- if not execute -%}
        {{ return('') }}
    {%- endif -%}
    {%- set bad = results | selectattr('status', 'in', ['error', 'fail', 'skipped', 'partial success']) | list -%}
    {%- set wanted = namespace(models=0) -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.config.materialized != 'ephemeral' -%}
        {%- set wanted.models = wanted.models + 1 -%}
    {%- endfor -%}
    {%- set built = results | selectattr('node.resource_type', 'equalto', 'model')
        | selectattr('status', 'equalto', 'success') | list -%}
    {%- set why = '' -%}
    {%- if flags.WHICH in ['build', 'run', 'seed', 'snapshot'] -%}
        {%- if bad -%}
            {%- set why = bad | length ~ ' of its models and tests failed or were skipped' -%}
        {%- elif built | length < wanted.models -%}
            {%- set why = 'it built ' ~ built | length ~ ' of ' ~ wanted.models ~ ' models' -%}
        {%- endif -%}
        create or replace table audit.last_dbt_build as select {{ dbt.string_literal(why) }} as why_not_whole
    {%- elif flags.WHICH == 'test' and bad -%}
        create schema if not exists audit;
        create or replace table audit.last_dbt_build as
        select '{{ bad | length }} of its tests failed when they were run again' as why_not_whole
    {%- endif -%}
{%- endmacro %}
