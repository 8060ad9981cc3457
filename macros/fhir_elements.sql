{#
    One kind of repeated element (names, telecoms ...) of several resource types, one row per
    element: `source_system`, `resource_type`, `resource_id`, `ordinal`, `element`. `owners` lists
    [staging model, resource type, id column]. Whole CTEs, up to and with `exploded`.
#}
{% macro fhir_elements(json, owners) -%}
collected as (
    {% for model, resource_type, id in owners %}
    select
        source_system,
        '{{ resource_type }}' as resource_type,
        {{ id }} as resource_id,
        {{ json }}
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

exploded as (

    {{ explode_json('collected', ['source_system', 'resource_type', 'resource_id'], json) }}

)
{%- endmacro %}
