{#
    Who sent a patient, in three kinds: outside practitioners and organizations that referred
    somebody, and the marketing sources that charts name.
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
        null as company,
        practitioners.modified_at
    from standings
    inner join practitioners
        on
            standings.source_system = practitioners.source_system
            and standings.practitioner_id = practitioners.practitioner_id

    union all

    select
        organizations.source_system,
        'Organization' as resource_type,
        'organization' as source_type,
        organizations.organization_id as resource_id,
        organizations.organization_name as company,
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
        referral_source_name as company,
        null as modified_at
    from marketing_sources

)

select * from gathered
