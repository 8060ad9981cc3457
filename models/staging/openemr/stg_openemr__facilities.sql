{# One row per facility. #}
with

source as (

    select * from {{ source('raw_openemr', 'facility') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'name': '$.name',
            'phone': '$.phone',
            'street': '$.street',
            'city': '$.city',
            'state': '$.state',
            'postal_code': '$.postal_code',
            'country_code': '$.country_code',
            'inactive': '$.inactive',
            'date_created': '$.date_created',
            'last_updated': '$.last_updated',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as facility_id,
        texts['name'] as facility_name,
        texts['phone'] as phone,
        texts['street'] as street,
        texts['city'] as city,
        texts['state'] as state,
        texts['postal_code'] as postal_code,
        texts['country_code'] as country,
        texts['inactive'] = '1' as is_inactive,
        {{ openemr_timestamp("texts['date_created']") }} as created_at_local,
        {{ openemr_timestamp("texts['last_updated']") }} as modified_at_local
    from extracted

)

select * from renamed
