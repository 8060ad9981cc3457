{# A location with a time zone that the IANA database knows; another one is none, and flagged. #}
with

locations as (

    select * from {{ ref('int_clinic__locations') }}

),

time_zones as (

    {{ known_time_zones() }}

),

zoned as (

    select
        locations.location_key,
        time_zones.time_zone

    from locations

    left join time_zones on locations.time_zone = time_zones.time_zone

)

select * from zoned
