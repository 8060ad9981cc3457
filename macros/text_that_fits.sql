{#
    As much of a text as a field of `length` UTF-16 units holds: for names that Salesforce requires
    and for long texts, where the whole stands in a companion field or in a File. Never without one.
#}
{% macro text_that_fits(expression, length) -%}
    case
        when {{ utf16_length(expression) }} <= {{ length }} then {{ expression }}
        else left(
            {{ expression }},
            greatest({{ length }} - {{ utf16_pairs(expression) }}, {{ length // 2 }})
        )
    end
{%- endmacro %}
