{#
    Says in audit.last_dbt_build whether all models are of this one build and no test of it failed: nothing there, or
    what is missing. A test that fails later takes a whole build's word back; one that passes gives it to none.
#}
{% macro end_build(results) -%}
    {%- set bad = results | selectattr('status', 'in', ['error', 'fail', 'skipped', 'partial success']) | list -%}
    {%- if is_building() -%}
        {%- set models = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
            | rejectattr('config.materialized', 'equalto', 'ephemeral') | list -%}
        {%- set built = results | selectattr('node.resource_type', 'equalto', 'model')
            | selectattr('status', 'equalto', 'success') | list -%}
        {%- if bad -%}
            {{ tell_of_build(bad | length ~ ' of its models and tests failed or were skipped') }}
        {%- elif built | length < models | length -%}
            {{ tell_of_build('it built ' ~ built | length ~ ' of ' ~ models | length ~ ' models') }}
        {%- else -%}
            {{ tell_of_build('') }}
        {%- endif -%}
    {%- elif execute and flags.WHICH == 'test' and bad -%}
        {{ tell_of_build(bad | length ~ ' of its tests failed when they were run again') }}
    {%- endif -%}
{%- endmacro %}
