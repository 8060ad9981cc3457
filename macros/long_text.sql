{#
    What a long text field holds of a text: all of it up to 131,072 UTF-16 units. A longer one goes
    whole into a File; `#N/A`, which would empty the field, stands in overflowing_text.
#}
{% macro long_text(expression) -%}
    case
        when not {{ is_reserved_text(expression) }}
            then {{ text_that_fits(expression, 131072) }}
    end
{%- endmacro %}
