{#
    Telephone numbers and e-mail addresses that no field takes, one a line, with the name of the
    field each was meant for; null when there are none. `emails` and `phones` map a label to an
    expression.
#}
{% macro invalid_contact_details(emails, phones) -%}
    nullif(concat_ws(
        chr(10)
        {%- for label, expression in emails.items() %},
        case
            when {{ email_if_valid(expression) }} is null then '{{ label }}: ' || {{ expression }}
        end
        {%- endfor %}
        {%- for label, expression in phones.items() %},
        case
            when {{ phone_if_valid(expression) }} is null then '{{ label }}: ' || {{ expression }}
        end
        {%- endfor %}
    ), '')
{%- endmacro %}
