{#
    A text of a source, as it was before it was encoded as UTF-8 a second time, where somebody who has
    seen the flags `text_encoded_twice` asks for that (CLINIC_REPAIR_TEXT); else as it is.
#}
{% macro repaired_text(text) -%}
    {%- if var('repair_text') == 'yes' -%}
    coalesce({{ once_encoded(text) }}, {{ text }})
    {%- else -%}
    {{ text }}
    {%- endif -%}
{%- endmacro %}
