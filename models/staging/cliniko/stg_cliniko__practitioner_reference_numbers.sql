{# One row per number of a practitioner, mostly at one place. #}
with

source as (

    select * from {{ source('raw_cliniko', 'practitioner_reference_numbers') }}

),

extracted as (

    select
        system as source_system,
        id as reference_number_id,
        {{ json_texts('doc', {
            'practitioner_id': '$.practitioner.links.self',
            'business_id': '$.business.links.self',
            'reference_number': '$.reference_number',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        reference_number_id,
        {{ linked_id("texts['practitioner_id']") }} as practitioner_id,
        {{ linked_id("texts['business_id']") }} as business_id,
        texts['reference_number'] as reference_number,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
