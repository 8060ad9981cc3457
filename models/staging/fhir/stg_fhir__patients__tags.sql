{# One row per tag of a chart. #}
with

patients as (

    select * from {{ ref('stg_fhir__patients') }}

),

exploded as (

    {{ explode_json('patients', ['source_system', 'patient_id'], 'tags_json') }}

),

extracted as (

    select
        source_system,
        patient_id,
        ordinal,
        {{ json_texts('element', {
            'system': '$.system',
            'code': '$.code',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        patient_id,
        ordinal,
        texts['system'] as tag_system,
        texts['code'] as tag_code
    from extracted

)

select * from renamed
