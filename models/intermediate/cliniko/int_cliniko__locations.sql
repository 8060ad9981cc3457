{# Businesses in the clinic contract's columns; Cliniko calls each place of a practice one. #}
with

businesses as (

    select * from {{ ref('stg_cliniko__businesses') }}

),

shaped as (

    select
        {{ clinic_key('source_system', 'location', 'business_id') }} as location_key,
        source_system,
        business_id as source_id,
        business_name as location_name,
        {# It is free text, and its first number is the telephone's. #}
        nullif(trim(regexp_extract(contact_information, '[+(]?[0-9][0-9 ()./-]{5,}')), '') as phone,
        nullif(concat_ws(chr(10), street_line_1, street_line_2), '') as street,
        city,
        state,
        postal_code,
        country,
        coalesce(time_zone, '{{ var("clinic_time_zone") }}') as time_zone,
        true as is_active,
        cast(null as varchar) as custom_fields,
        created_at,
        modified_at
    from businesses

)

select * from shaped
