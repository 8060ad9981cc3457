{#
    Says that the models are being built, until end_build says how it ended: a build that is killed leaves marts of two
    builds, and nobody may take them for one. Commands that write no model (test, compile, docs) say nothing.
#}
{% macro begin_build() -%}
    {%- if is_building() -%}
        {{ tell_of_build('it did not come to its end') }}
    {%- endif -%}
{%- endmacro %}
