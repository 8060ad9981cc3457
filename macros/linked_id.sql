{# The id that a link names: `https://api.example/v1/patients/12/referral_source` yields 12. #}
{% macro linked_id(link) -%}
    nullif(regexp_extract({{ link }}, '/([0-9]+)(/[a-z_]+)?$', 1), '')
{%- endmacro %}
