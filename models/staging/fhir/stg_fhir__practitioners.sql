{# One row per Practitioner. #}
with

source as (

    select * from {{ source('raw_fhir', 'practitioner') }}

),

extracted as (

    select
        system as source_system,
        id as practitioner_id,
        last_updated,
        {{ json_texts(json_number_text('doc', ['valueDecimal', 'valueQuantity']), {
            'is_active': '$.active',
            'names': '$.name',
            'telecoms': '$.telecom',
            'addresses': '$.address',
            'gender': '$.gender',
            'identifiers': '$.identifier',
            'qualifications': '$.qualification',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        practitioner_id,
        texts['gender'] as gender_code,
        texts['names'] as names_json,
        texts['telecoms'] as telecoms_json,
        texts['addresses'] as addresses_json,
        texts['identifiers'] as identifiers_json,
        texts['qualifications'] as qualifications_json,
        texts['extensions'] as extensions_json,
        try_cast(texts['is_active'] as boolean) as is_active,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
