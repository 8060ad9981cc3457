{#
    Payers: organizations that say so by their type, organizations that a coverage or a claim names
    as its payer, and payers that a source knows by their display only.
#}
with

organizations as (

    select * from {{ ref('stg_fhir__organizations') }}

),

payer_organizations as (

    select * from {{ ref('int_fhir__payer_organizations_chosen') }}

),

parties as (

    select * from {{ ref('int_fhir__parties_described') }}
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
        parties.payer_id,
        organizations.organization_name as payer_name,
        coalesce(parties.work_phone, parties.home_phone, parties.mobile_phone)
            as phone,
        parties.email,
        parties.street,
        parties.city,
        parties.state,
        parties.postal_code,
        parties.country,
        coalesce(organizations.is_active, true) as is_active,
        extensions.created_at,
        organizations.modified_at
    from organizations
    inner join payer_organizations
        on
            organizations.source_system = payer_organizations.source_system
            and organizations.organization_id = payer_organizations.organization_id
    left join parties
        on
            organizations.source_system = parties.source_system
            and organizations.organization_id = parties.resource_id
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
