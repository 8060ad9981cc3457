{# One row per Organization: payers, referring practices and the clinic itself. #}
with

source as (

    select * from {{ source('raw_fhir', 'organization') }}

),

extracted as (

    select
        system as source_system,
        id as organization_id,
        last_updated,
        {{ json_texts('doc', {
            'is_active': '$.active',
            'name': '$.name',
            'types': '$.type',
            'identifiers': '$.identifier',
            'telecoms': '$.telecom',
            'addresses': '$.address',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        organization_id,
        texts['name'] as organization_name,
        texts['types'] as types_json,
        texts['identifiers'] as identifiers_json,
        texts['telecoms'] as telecoms_json,
        texts['addresses'] as addresses_json,
        texts['extensions'] as extensions_json,
        try_cast(texts['is_active'] as boolean) as is_active,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
