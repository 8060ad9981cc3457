{# One row per Location. #}
with

source as (

    select * from {{ source('raw_fhir', 'location') }}

),

extracted as (

    select
        system as source_system,
        id as location_id,
        last_updated,
        {{ json_texts(json_number_text('doc', ['valueDecimal', 'valueQuantity']), {
            'status': '$.status',
            'name': '$.name',
            'telecoms': '$.telecom',
            'line_1': '$.address.line[0]',
            'line_2': '$.address.line[1]',
            'line_3': '$.address.line[2]',
            'city': '$.address.city',
            'state': '$.address.state',
            'postal_code': '$.address.postalCode',
            'country': '$.address.country',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        location_id,
        texts['status'] as status_code,
        texts['name'] as location_name,
        texts['telecoms'] as telecoms_json,
        nullif(concat_ws(chr(10), texts['line_1'], texts['line_2'], texts['line_3']), '') as street,
        texts['city'] as city,
        texts['state'] as state,
        texts['postal_code'] as postal_code,
        texts['country'] as country,
        texts['extensions'] as extensions_json,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
