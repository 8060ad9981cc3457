{# One row per kind of concession. #}
with

source as (

    select * from {{ source('raw_cliniko', 'concession_types') }}

),

extracted as (

    select
        system as source_system,
        id as concession_type_id,
        {{ json_texts('doc', {
            'concession_name': '$.name',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        concession_type_id,
        texts['concession_name'] as concession_name,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
