{# One id as it stands inside a clinic_key: what the key's own punctuation means is escaped. #}
{% macro clinic_key_part(id) -%}
    replace(replace(replace(cast({{ id }} as {{ dbt.type_string() }}), '%', '%25'), ':', '%3A'), '/', '%2F')
{%- endmacro %}
