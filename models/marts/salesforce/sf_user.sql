{#
    Users to provision: active providers flagged as CRM users who have an e-mail address, where a
    profile is given for them. Without one nobody is provisioned. Two providers with one address
    are one User, named by the first of them. They may be of two systems, so that the key is the
    address and names neither (docs/adr/0020-a-system-is-undone-by-its-keys.md).
#}
with

providers as (

    select * from {{ ref('int_clinic__providers') }}

    where is_crm_user and coalesce(is_active, true)

),

owners as (

    select * from {{ ref('int_providers_matched_to_owners') }}

    where owner_email is not null

),

zones as (

    select * from {{ ref('int_locations_zoned') }}

    where time_zone is not null

),

provider_locations as (

    select * from {{ ref('int_clinic__provider_locations') }}

),

user_roles as (

    select * from {{ ref('org_user_roles') }}

),

workplaces as (

    select
        provider_locations.provider_key,
        zones.time_zone,
        row_number() over (
            partition by provider_locations.provider_key order by zones.location_key asc
        ) as workplace_number

    from provider_locations

    inner join zones on provider_locations.location_key = zones.location_key

),

named as (

    select
        providers.provider_key,
        owners.owner_email,
        coalesce(providers.family_name, providers.given_name, owners.owner_email) as last_name,
        case when providers.family_name is not null then providers.given_name end as first_name,
        'Clinic_' || user_roles.role as role_name,
        coalesce(workplaces.time_zone, 'America/New_York') as time_zone,
        providers.created_at,
        providers.modified_at,
        row_number() over (
            partition by owners.owner_email order by providers.provider_key asc
        ) as address_number

    from providers

    inner join owners on providers.provider_key = owners.provider_key

    left join workplaces
        on providers.provider_key = workplaces.provider_key and workplaces.workplace_number = 1

    left join user_roles on owners.owner_email = lower(trim(user_roles.email))

),

users as (

    select

        ---------- ids
        {{ clinic_key("'*'", 'user', 'owner_email') }} as Clinic_Id__c,
        '{{ var("provisioned_user_profile") }}' as ProfileId,
        role_name as UserRoleId,

        ---------- strings
        owner_email || '{{ var("username_suffix") }}' as Username,
        owner_email as Email,
        {{ text_if_it_fits('first_name', 40) }} as FirstName,
        {{ text_that_fits('last_name', 80) }} as LastName,
        left(split_part(owner_email, '@', 1), 8) as Alias,
        time_zone as TimeZoneSidKey,
        'en_US' as LocaleSidKey,
        'UTF-8' as EmailEncodingKey,
        'en_US' as LanguageLocaleKey,

        ---------- booleans
        true as IsActive,

        ---------- timestamps
        created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        modified_at as Source_Modified_At__c

    from named

    where
        address_number = 1
        and '{{ var("provisioned_user_profile") }}' != ''

)

select * from users
