{# One row per practitioner, former ones as well. #}
with

source as (

    select * from {{ source('raw_cliniko', 'practitioners') }}

),

extracted as (

    select
        system as source_system,
        id as practitioner_id,
        {{ json_texts('doc', {
            'user_id': '$.user.links.self',
            'name_prefix': '$.title',
            'given_name': '$.first_name',
            'family_name': '$.last_name',
            'designation': '$.designation',
            'is_active_text': '$.active',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        practitioner_id,
        {{ linked_id("texts['user_id']") }} as user_id,
        texts['name_prefix'] as name_prefix,
        texts['given_name'] as given_name,
        texts['family_name'] as family_name,
        texts['designation'] as designation,
        texts['is_active_text'] as is_active_text,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
