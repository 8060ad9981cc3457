{# Places of the clinic in the shape of an Account. #}
with

locations as (

    select * from {{ ref('int_clinic__locations') }}

),

zones as (

    select * from {{ ref('int_locations_zoned') }}

),

accounts as (

    select
        locations.location_key as account_key,
        'Clinic' as account_type,
        cast(null as string) as owner_email,
        coalesce(locations.location_name, locations.source_id) as account_name,
        cast(null as string) as payer_id,
        locations.phone,
        cast(null as string) as email,
        locations.street,
        locations.city,
        locations.state,
        locations.postal_code,
        locations.country,
        zones.time_zone,
        locations.custom_fields,
        coalesce(locations.is_active, true) as is_active,
        locations.created_at,
        locations.modified_at

    from locations

    left join zones on locations.location_key = zones.location_key

)

select * from accounts
