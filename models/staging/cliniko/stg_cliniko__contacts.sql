{# One row per doctor, company or other outsider. #}
with

source as (

    select * from {{ source('raw_cliniko', 'contacts') }}

),

extracted as (

    select
        system as source_system,
        id as contact_id,
        {{ json_texts('doc', {
            'contact_kind': '$.type',
            'given_name': '$.first_name',
            'family_name': '$.last_name',
            'company_name': '$.company_name',
            'email': '$.email',
            'phone': '$.phone_numbers[0].number',
            'street_line_1': '$.address_1',
            'street_line_2': '$.address_2',
            'street_line_3': '$.address_3',
            'city': '$.city',
            'state': '$.state',
            'postal_code': '$.post_code',
            'country': '$.country',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        contact_id,
        texts['contact_kind'] as contact_kind,
        texts['given_name'] as given_name,
        texts['family_name'] as family_name,
        texts['company_name'] as company_name,
        texts['email'] as email,
        texts['phone'] as phone,
        texts['street_line_1'] as street_line_1,
        texts['street_line_2'] as street_line_2,
        texts['street_line_3'] as street_line_3,
        texts['city'] as city,
        texts['state'] as state,
        texts['postal_code'] as postal_code,
        texts['country'] as country,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
