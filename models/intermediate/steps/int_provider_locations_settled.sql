{# A place of work needs both its ends. #}
with

provider_locations as (

    select * from {{ ref('int_clinic__provider_locations') }}

),

providers as (

    select * from {{ ref('int_clinic__providers') }}

),

locations as (

    select * from {{ ref('int_clinic__locations') }}

),

settled as (

    select
        provider_locations.provider_location_key as record_key,
        provider_locations.source_system,
        case
            when providers.provider_key is null then 'provider_unknown'
            when locations.location_key is null then 'location_unknown'
        end as excluded_reason

    from provider_locations

    left join providers on provider_locations.provider_key = providers.provider_key

    left join locations on provider_locations.location_key = locations.location_key

)

select * from settled
