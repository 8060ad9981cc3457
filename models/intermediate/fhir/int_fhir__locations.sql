{#
    Locations in the clinic contract's columns. A suspended or inactive place is kept: visits
    name it.
#}
with

locations as (

    select * from {{ ref('stg_fhir__locations') }}

),

parties as (

    select * from {{ ref('int_fhir__parties_described') }}
    where resource_type = 'Location'

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'Location'

),

custom_fields as (

    select * from {{ ref('int_fhir__custom_fields_collected') }}
    where resource_type = 'Location'

),

shaped as (

    select
        {{ clinic_key('locations.source_system', 'location', 'locations.location_id') }}
            as location_key,
        locations.source_system,
        locations.location_id as source_id,
        locations.location_name,
        coalesce(parties.work_phone, parties.home_phone, parties.mobile_phone)
            as phone,
        locations.street,
        locations.city,
        locations.state,
        locations.postal_code,
        locations.country,
        extensions.time_zone,
        coalesce(locations.status_code = 'active', true) as is_active,
        custom_fields.custom_fields,
        extensions.created_at,
        locations.modified_at
    from locations
    left join parties
        on
            locations.source_system = parties.source_system
            and locations.location_id = parties.resource_id
    left join extensions
        on
            locations.source_system = extensions.source_system
            and locations.location_id = extensions.resource_id
    left join custom_fields
        on
            locations.source_system = custom_fields.source_system
            and locations.location_id = custom_fields.resource_id

)

select * from shaped
