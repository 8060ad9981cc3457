{#
    Whether a JSON document holds a text that was encoded as UTF-8 twice. Between two quotes stands a
    whole text, or what lies between quotes in one: no document has to be parsed.
#}
{% macro has_text_encoded_twice(json) -%}
    {{ return(adapter.dispatch('has_text_encoded_twice')(json)) }}
{%- endmacro %}

{% macro duckdb__has_text_encoded_twice(json) -%}
    case
        when regexp_matches({{ json }}, '[\x{C2}-\x{F4}][^\x00-\x7F]')
            then len(list_filter(
                string_split({{ json }}, '"'),
                lambda piece: {{ once_encoded('piece') }} is not null
            )) > 0
        else false
    end
{%- endmacro %}
