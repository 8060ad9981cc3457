{# One row per patient who says by whom or by which way they came. #}
with

source as (

    select * from {{ source('raw_cliniko', 'referral_sources') }}

),

extracted as (

    select
        system as source_system,
        id as patient_id,
        {{ json_texts('doc', {
            'referral_source_type_id': '$.referral_source_type.links.self',
            'referrer_kind': '$.referrer_type',
            'referrer_id': '$.referrer.links.self',
            'subcategory': '$.subcategory',
            'note': '$.notes',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        patient_id,
        {{ linked_id("texts['referral_source_type_id']") }} as referral_source_type_id,
        texts['referrer_kind'] as referrer_kind,
        {{ linked_id("texts['referrer_id']") }} as referrer_id,
        texts['subcategory'] as subcategory,
        texts['note'] as note
    from extracted

)

select * from renamed
