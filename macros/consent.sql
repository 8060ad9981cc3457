{# What the source says of a way to be contacted; silence is `Not Stated`, never consent. #}
{% macro consent(has_opted_out, is_dead) -%}
    case
        when {{ is_dead }} or {{ has_opted_out }} then 'Opted Out'
        when not {{ has_opted_out }} then 'Not Opted Out'
        else 'Not Stated'
    end
{%- endmacro %}
