{# The options of a JSON array that are `selected`, their texts with `; ` between; null if none. #}
{% macro chosen_options(json, options, text) -%}
    {{ return(adapter.dispatch('chosen_options')(json, options, text)) }}
{%- endmacro %}

{% macro duckdb__chosen_options(json, options, text) -%}
    nullif(
        array_to_string(
            list_transform(
                list_filter(
                    json_extract({{ json }}, '{{ options }}'),
                    lambda found: json_extract_string(found, '$.selected') = 'true'
                ),
                lambda found: json_extract_string(found, '{{ text }}')
            ),
            '; '
        ),
        ''
    )
{%- endmacro %}
