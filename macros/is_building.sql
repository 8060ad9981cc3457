{# Whether this command of dbt writes models: tests and compilations do not. #}
{% macro is_building() -%}
    {{ return(execute and flags.WHICH in ['build', 'run', 'seed', 'snapshot']) }}
{%- endmacro %}
