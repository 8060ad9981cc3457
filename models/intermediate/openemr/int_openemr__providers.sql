{# Staff, and outsiders whom a clinical record names, in the clinic contract's columns. #}
with

users as (

    select * from {{ ref('stg_openemr__users') }}

),

standings as (

    select * from {{ ref('int_openemr__users_told_apart') }}
    where is_provider

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

shaped as (

    select
        {{ clinic_key('users.source_system', 'provider', 'users.user_id') }} as provider_key,
        users.source_system,
        users.user_id as source_id,
        users.npi,
        users.name_prefix,
        users.given_name,
        coalesce(users.family_name, users.organization_name, users.username) as family_name,
        users.name_suffix,
        cast(null as varchar) as credential,
        users.license_number,
        cast(null as varchar) as license_state,
        users.specialty,
        users.email,
        coalesce(users.phone, users.mobile_phone) as phone,
        cast(null as varchar) as gender_code,
        users.is_active,
        cast(null as boolean) as is_crm_user,
        standings.is_outsider as is_external,
        cast(null as varchar) as custom_fields,
        {{ utc_from_local('users.created_at_local', 'clinics.time_zone') }} as created_at,
        {{ utc_from_local('users.modified_at_local', 'clinics.time_zone') }} as modified_at
    from users
    inner join standings
        on
            users.source_system = standings.source_system
            and users.user_id = standings.user_id
    inner join clinics on users.source_system = clinics.source_system

)

select * from shaped
