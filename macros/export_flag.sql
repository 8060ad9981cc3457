{# Yes or no, in the words of exports; null where a text is neither. #}
{% macro export_flag(text) -%}
    case
        when lower({{ text }}) in ('1', 'y', 'yes', 't', 'true', 'j', 'ja') then true
        when lower({{ text }}) in ('0', 'n', 'no', 'f', 'false', 'nein') then false
    end
{%- endmacro %}
