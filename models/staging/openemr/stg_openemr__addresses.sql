{# One row per address. The owner is an insurance company, or a contact that names the address. #}
with

source as (

    select * from {{ source('raw_openemr', 'addresses') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'line1': '$.line1',
            'line2': '$.line2',
            'city': '$.city',
            'state': '$.state',
            'zip': '$.zip',
            'plus_four': '$.plus_four',
            'country': '$.country',
            'foreign_id': '$.foreign_id',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as address_id,
        texts['line1'] as line_1,
        texts['line2'] as line_2,
        texts['city'] as city,
        texts['state'] as state,
        texts['zip'] as postal_code,
        texts['plus_four'] as postal_code_suffix,
        texts['country'] as country,
        nullif(texts['foreign_id'], '0') as owner_id
    from extracted

)

select * from renamed
