{# One row per way in which patients come. #}
with

source as (

    select * from {{ source('raw_cliniko', 'referral_source_types') }}

),

extracted as (

    select
        system as source_system,
        id as referral_source_type_id,
        {{ json_texts('doc', {
            'type_name': '$.name',
            'referrer_kind': '$.referrer_type',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        referral_source_type_id,
        texts['type_name'] as type_name,
        texts['referrer_kind'] as referrer_kind,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
