{# One row per class (group, plan ...) of a coverage. #}
with

coverages as (

    select * from {{ ref('stg_fhir__coverages') }}

),

exploded as (

    {{ explode_json('coverages', ['source_system', 'coverage_id'], 'classes_json') }}

),

extracted as (

    select
        source_system,
        coverage_id,
        ordinal,
        {{ json_texts('element', {
            'type': '$.type.coding[0].code',
            'value': '$.value',
            'name': '$.name',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        coverage_id,
        ordinal,
        texts['type'] as class_type,
        texts['value'] as class_value,
        texts['name'] as class_name
    from extracted

)

select * from renamed
