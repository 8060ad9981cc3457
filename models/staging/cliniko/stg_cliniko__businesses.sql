{# One row per place of the practice. #}
with

source as (

    select * from {{ source('raw_cliniko', 'businesses') }}

),

extracted as (

    select
        system as source_system,
        id as business_id,
        {{ json_texts('doc', {
            'business_name': '$.business_name',
            'contact_information': '$.contact_information',
            'street_line_1': '$.address_1',
            'street_line_2': '$.address_2',
            'city': '$.city',
            'state': '$.state',
            'postal_code': '$.post_code',
            'country': '$.country',
            'time_zone': '$.time_zone_identifier',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        business_id,
        texts['business_name'] as business_name,
        texts['contact_information'] as contact_information,
        texts['street_line_1'] as street_line_1,
        texts['street_line_2'] as street_line_2,
        texts['city'] as city,
        texts['state'] as state,
        texts['postal_code'] as postal_code,
        texts['country'] as country,
        texts['time_zone'] as time_zone,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
