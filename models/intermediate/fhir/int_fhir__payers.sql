{#
    Payers: organizations that say so by their type, organizations that a coverage or a claim names
    as its payer, and payers that a source knows by their display only.
#}
with

organizations as (

    select * from {{ ref('stg_fhir__organizations') }}

),

payer_types as (

    select
        source_system,
        organization_id
    from {{ ref('stg_fhir__organizations__types') }}
    where
        type_code in ('ins', 'pay')
        or second_type_code in ('ins', 'pay')
        or third_type_code in ('ins', 'pay')

),

mentions as (

    select * from {{ ref('int_fhir__payer_mentions') }}

),

payer_organizations as (

    {# `union` on purpose: an organization is a payer once, however many records say so. #}
    select
        source_system,
        organization_id
    from payer_types

    union

    select
        source_system,
        organization_id
    from mentions
    where organization_id is not null

),

contact_points as (

    select * from {{ ref('int_fhir__contact_points_chosen') }}
    where resource_type = 'Organization'

),

addresses as (

    select * from {{ ref('int_fhir__addresses_chosen') }}
    where resource_type = 'Organization'

),

identifiers as (

    select * from {{ ref('int_fhir__identifiers_chosen') }}
    where resource_type = 'Organization'

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'Organization'

),

named_by_display as (

    select * from {{ ref('int_fhir__display_payers_chosen') }}

),

shaped as (

    select
        {{ clinic_key('organizations.source_system', 'payer', 'organizations.organization_id') }}
            as payer_key,
        organizations.source_system,
        organizations.organization_id as source_id,
        identifiers.payer_id,
        organizations.organization_name as payer_name,
        coalesce(contact_points.work_phone, contact_points.home_phone, contact_points.mobile_phone)
            as phone,
        contact_points.email,
        addresses.street,
        addresses.city,
        addresses.state,
        addresses.postal_code,
        addresses.country,
        coalesce(organizations.is_active, true) as is_active,
        extensions.created_at,
        organizations.modified_at
    from organizations
    inner join payer_organizations
        on
            organizations.source_system = payer_organizations.source_system
            and organizations.organization_id = payer_organizations.organization_id
    left join contact_points
        on
            organizations.source_system = contact_points.source_system
            and organizations.organization_id = contact_points.resource_id
    left join addresses
        on
            organizations.source_system = addresses.source_system
            and organizations.organization_id = addresses.resource_id
    left join identifiers
        on
            organizations.source_system = identifiers.source_system
            and organizations.organization_id = identifiers.resource_id
    left join extensions
        on
            organizations.source_system = extensions.source_system
            and organizations.organization_id = extensions.resource_id

    union all

    select
        payer_key,
        source_system,
        'display/' || payer_display as source_id,
        null as payer_id,
        payer_display as payer_name,
        null as phone,
        null as email,
        null as street,
        null as city,
        null as state,
        null as postal_code,
        null as country,
        true as is_active,
        null as created_at,
        null as modified_at
    from named_by_display

)

select * from shaped
