{# Where a provider works: provider and location both exist. #}
with

provider_locations as (

    select * from {{ ref('int_clinic__provider_locations') }}

),

settled as (

    select * from {{ ref('int_provider_locations_settled') }}

    where excluded_reason is null

),

owners as (

    select * from {{ ref('int_providers_matched_to_owners') }}

),

salesforce_links as (

    select

        ---------- ids
        provider_locations.provider_location_key as Clinic_Id__c,
        owners.owner_email as OwnerId,
        provider_locations.provider_key as Provider__c,
        provider_locations.location_key as Location__c,

        ---------- booleans
        coalesce(provider_locations.is_active, true) as Is_Active__c,

        ---------- timestamps
        provider_locations.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        provider_locations.modified_at as Source_Modified_At__c

    from provider_locations

    inner join settled on provider_locations.provider_location_key = settled.record_key

    left join owners on provider_locations.provider_key = owners.provider_key

)

select * from salesforce_links
