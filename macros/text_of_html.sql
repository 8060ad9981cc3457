{#
    The text of simple HTML (`div`, `br`): a line for each element, then no tags, and the five named
    characters as themselves. Null where nothing is left.
#}
{% macro text_of_html(html) -%}
    nullif(
        trim(
            replace(replace(replace(replace(replace(replace(
                regexp_replace(
                    regexp_replace({{ html }}, '(</div>|<br */?>)', chr(10), 'g'), '<[^>]*>', '', 'g'
                ),
                '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&#39;', ''''),
                '&amp;', '&'
            ),
            ' ' || chr(10)
        ),
        ''
    )
{%- endmacro %}
