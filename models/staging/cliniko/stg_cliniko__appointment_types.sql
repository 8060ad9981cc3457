{# One row per type of appointment. #}
with

source as (

    select * from {{ source('raw_cliniko', 'appointment_types') }}

),

extracted as (

    select
        system as source_system,
        id as appointment_type_id,
        {{ json_texts('doc', {
            'type_name': '$.name',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        appointment_type_id,
        texts['type_name'] as type_name,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
