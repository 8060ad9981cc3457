{# One row per warning on a chart. #}
with

source as (

    select * from {{ source('raw_cliniko', 'medical_alerts') }}

),

extracted as (

    select
        system as source_system,
        id as medical_alert_id,
        {{ json_texts('doc', {
            'patient_id': '$.patient.links.self',
            'alert_text': '$.name',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        medical_alert_id,
        {{ linked_id("texts['patient_id']") }} as patient_id,
        texts['alert_text'] as alert_text,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
