{# Gives the key of a territory: two models of an org may each have a territory of one name. #}
{% macro territory_key(territory, territory_model) -%}
    'Clinic_' || {{ territory }} || '|' || {{ territory_model }}
{%- endmacro %}
