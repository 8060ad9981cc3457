{# Facilities in the clinic contract's columns. An inactive one is kept: visits name it. #}
with

facilities as (

    select * from {{ ref('stg_openemr__facilities') }}

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

shaped as (

    select
        {{ clinic_key('facilities.source_system', 'location', 'facilities.facility_id') }}
            as location_key,
        facilities.source_system,
        facilities.facility_id as source_id,
        facilities.facility_name as location_name,
        facilities.phone,
        facilities.street,
        facilities.city,
        facilities.state,
        facilities.postal_code,
        facilities.country,
        clinics.time_zone,
        not coalesce(facilities.is_inactive, false) as is_active,
        cast(null as varchar) as custom_fields,
        {{ utc_from_local('facilities.created_at_local', 'clinics.time_zone') }} as created_at,
        {{ utc_from_local('facilities.modified_at_local', 'clinics.time_zone') }} as modified_at
    from facilities
    inner join clinics on facilities.source_system = clinics.source_system

)

select * from shaped
