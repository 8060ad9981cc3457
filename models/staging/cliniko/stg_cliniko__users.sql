{# One row per account of the software. #}
with

source as (

    select * from {{ source('raw_cliniko', 'users') }}

),

extracted as (

    select
        system as source_system,
        id as user_id,
        {{ json_texts('doc', {
            'email': '$.email',
            'is_active': '$.user_active',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        user_id,
        texts['email'] as email,
        texts['is_active'] = 'true' as is_active,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
