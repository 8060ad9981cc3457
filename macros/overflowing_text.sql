{#
    The whole of each text that its field cannot hold, one a line with the field's name, for the
    companion field Overflow_Text__c; null when everything fits. `texts` maps a field's name to
    [expression, length in UTF-16 units]; a long text has no length here, for its whole goes into a
    File (int_long_texts_filed), and only `#N/A` brings it to the companion.
#}
{% macro overflowing_text(texts) -%}
    nullif(concat_ws(
        chr(10)
        {%- for field, text in texts.items() %},
        case
            when
                {% if text[1] is not none -%}
                {{ utf16_length(text[0]) }} > {{ text[1] }} or {% endif -%}
                {{ is_reserved_text(text[0]) }}
                then '{{ field }}: ' || {{ text[0] }}
        end
        {%- endfor %}
    ), '')
{%- endmacro %}
