{# One row per link from a chart to another chart or to a relative's record. #}
with

patients as (

    select * from {{ ref('stg_fhir__patients') }}

),

exploded as (

    {{ explode_json('patients', ['source_system', 'patient_id'], 'links_json') }}

),

extracted as (

    select
        source_system,
        patient_id,
        ordinal,
        {{ json_texts('element', {
            'other': '$.other.reference',
            'type': '$.type',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        patient_id,
        ordinal,
        texts['type'] as link_type,
        texts['other'] as other_reference
    from extracted

)

select * from renamed
