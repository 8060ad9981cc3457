{#
    Where patients come from: outside practitioners and organizations that referred somebody, and
    the marketing sources that charts name. The three share one key space: `practitioner/<id>`,
    `organization/<id>`, `marketing/<name>`.
#}
with

practitioners as (

    select * from {{ ref('stg_fhir__practitioners') }}

),

standings as (

    select * from {{ ref('int_fhir__practitioners_told_apart') }}
    where is_referral_source

),

organizations as (

    select * from {{ ref('stg_fhir__organizations') }}

),

referring_organizations as (

    select
        source_system,
        organization_id
    from {{ ref('int_fhir__referral_requesters_resolved') }}
    where organization_id is not null
    group by source_system, organization_id

),

names as (

    select * from {{ ref('int_fhir__names_chosen') }}
    where resource_type = 'Practitioner'

),

contact_points as (

    select * from {{ ref('int_fhir__contact_points_chosen') }}
    where resource_type in ('Practitioner', 'Organization')

),

addresses as (

    select * from {{ ref('int_fhir__addresses_chosen') }}
    where resource_type in ('Practitioner', 'Organization')

),

identifiers as (

    select * from {{ ref('int_fhir__identifiers_chosen') }}
    where resource_type = 'Practitioner'

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type in ('Practitioner', 'Organization')

),

marketing_sources as (

    select
        source_system,
        referral_source_name
    from {{ ref('int_fhir__patients') }}
    where referral_source_name is not null
    group by source_system, referral_source_name

),

gathered as (

    select
        standings.source_system,
        'Practitioner' as resource_type,
        'practitioner' as source_type,
        standings.practitioner_id as resource_id,
        names.given_name,
        coalesce(names.family_name, names.name_text) as family_name,
        null as company,
        identifiers.npi,
        practitioners.modified_at
    from standings
    inner join practitioners
        on
            standings.source_system = practitioners.source_system
            and standings.practitioner_id = practitioners.practitioner_id
    left join names
        on
            standings.source_system = names.source_system
            and standings.practitioner_id = names.resource_id
    left join identifiers
        on
            standings.source_system = identifiers.source_system
            and standings.practitioner_id = identifiers.resource_id

    union all

    select
        organizations.source_system,
        'Organization' as resource_type,
        'organization' as source_type,
        organizations.organization_id as resource_id,
        null as given_name,
        null as family_name,
        organizations.organization_name as company,
        null as npi,
        organizations.modified_at
    from organizations
    inner join referring_organizations
        on
            organizations.source_system = referring_organizations.source_system
            and organizations.organization_id = referring_organizations.organization_id

    union all

    select
        source_system,
        null as resource_type,
        'marketing' as source_type,
        referral_source_name as resource_id,
        null as given_name,
        null as family_name,
        referral_source_name as company,
        null as npi,
        null as modified_at
    from marketing_sources

),

shaped as (

    select
        {{ clinic_key(
            'gathered.source_system',
            'referral_source',
            ['gathered.source_type', 'gathered.resource_id']
        ) }} as referral_source_key,
        gathered.source_system,
        gathered.source_type || '/' || gathered.resource_id as source_id,
        gathered.source_type,
        gathered.given_name,
        gathered.family_name,
        gathered.company,
        gathered.npi,
        contact_points.email,
        coalesce(contact_points.work_phone, contact_points.mobile_phone, contact_points.home_phone)
            as phone,
        addresses.street,
        addresses.city,
        addresses.state,
        addresses.postal_code,
        addresses.country,
        extensions.created_at,
        gathered.modified_at
    from gathered
    left join contact_points
        on
            gathered.source_system = contact_points.source_system
            and gathered.resource_type = contact_points.resource_type
            and gathered.resource_id = contact_points.resource_id
    left join addresses
        on
            gathered.source_system = addresses.source_system
            and gathered.resource_type = addresses.resource_type
            and gathered.resource_id = addresses.resource_id
    left join extensions
        on
            gathered.source_system = extensions.source_system
            and gathered.resource_type = extensions.resource_type
            and gathered.resource_id = extensions.resource_id

)

select * from shaped
