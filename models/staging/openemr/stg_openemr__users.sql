{# One row per user: staff with a name to log in by, and the address book without one. #}
with

source as (

    select * from {{ source('raw_openemr', 'users') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'username': '$.username',
            'authorized': '$.authorized',
            'fname': '$.fname',
            'mname': '$.mname',
            'lname': '$.lname',
            'suffix': '$.suffix',
            'title': '$.title',
            'npi': '$.npi',
            'specialty': '$.specialty',
            'email': '$.email',
            'organization': '$.organization',
            'abook_type': '$.abook_type',
            'state_license_number': '$.state_license_number',
            'phonew1': '$.phonew1',
            'phonecell': '$.phonecell',
            'street': '$.street',
            'streetb': '$.streetb',
            'city': '$.city',
            'state': '$.state',
            'zip': '$.zip',
            'country_code': '$.country_code',
            'facility_id': '$.facility_id',
            'active': '$.active',
            'date_created': '$.date_created',
            'last_updated': '$.last_updated',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as user_id,
        texts['username'] as username,
        texts['authorized'] = '1' as is_authorized,
        texts['fname'] as given_name,
        texts['mname'] as middle_name,
        texts['lname'] as family_name,
        texts['suffix'] as name_suffix,
        texts['title'] as name_prefix,
        texts['npi'] as npi,
        texts['specialty'] as specialty,
        texts['email'] as email,
        texts['organization'] as organization_name,
        texts['abook_type'] as address_book_type,
        texts['state_license_number'] as license_number,
        texts['phonew1'] as phone,
        texts['phonecell'] as mobile_phone,
        texts['street'] as street_line_1,
        texts['streetb'] as street_line_2,
        texts['city'] as city,
        texts['state'] as state,
        texts['zip'] as postal_code,
        texts['country_code'] as country,
        nullif(texts['facility_id'], '0') as facility_id,
        texts['active'] = '1' as is_active,
        {{ openemr_timestamp("texts['date_created']") }} as created_at_local,
        {{ openemr_timestamp("texts['last_updated']") }} as modified_at_local
    from extracted

)

select * from renamed
