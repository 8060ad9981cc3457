{# One row per result of a report. #}
with

diagnostic_reports as (

    select * from {{ ref('stg_fhir__diagnostic_reports') }}

),

exploded as (

    {{ explode_json(
        'diagnostic_reports',
        ['source_system', 'diagnostic_report_id'],
        'results_json'
    ) }}

),

extracted as (

    select
        source_system,
        diagnostic_report_id,
        ordinal,
        {{ json_texts('element', {
            'result': '$.reference',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        diagnostic_report_id,
        ordinal,
        {{ fhir_reference_id("texts['result']", 'Observation') }} as observation_id
    from extracted

)

select * from renamed
