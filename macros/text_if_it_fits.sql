{#
    A text that a field of `length` UTF-16 units holds in whole, else null: half a member number is
    a wrong one, and `#N/A` would empty the field. What does not fit stands in overflowing_text.
#}
{% macro text_if_it_fits(expression, length) -%}
    case
        when {{ utf16_length(expression) }} <= {{ length }} and not {{ is_reserved_text(expression) }}
            then {{ expression }}
    end
{%- endmacro %}
