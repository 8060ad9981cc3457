{#
    The moment that a text of an export states, in a format of strptime; null where it is none, or
    none that can be meant: a year of two digits is left to a person, never guessed.
#}
{% macro export_moment(text, format) -%}
    {{ return(plausible_moment(adapter.dispatch('export_moment')(text, format))) }}
{%- endmacro %}

{% macro duckdb__export_moment(text, format) -%}
    cast(try_strptime({{ text }}, '{{ format }}') as timestamp)
{%- endmacro %}

{% macro spark__export_moment(text, format) -%}
    {%- set letters = {
        '%Y': 'yyyy', '%m': 'M', '%d': 'd', '%H': 'H', '%I': 'h', '%M': 'm', '%S': 's',
        '%p': 'a', 'T': "''T''", 'Z': "''Z''",
    } -%}
    {%- set java = namespace(format=format) -%}
    {%- for letter, meaning in letters.items() -%}
        {%- set java.format = java.format | replace(letter, meaning) -%}
    {%- endfor -%}
    try_to_timestamp({{ text }}, '{{ java.format }}')
{%- endmacro %}
