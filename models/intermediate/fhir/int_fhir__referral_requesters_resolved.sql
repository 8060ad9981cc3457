{#
    Who is behind each referral: an organization, an outside practitioner, or (both null) a
    colleague on the roster or nobody named. A PractitionerRole stands for its practitioner.
#}
with

referrals as (

    select * from {{ ref('int_fhir__referral_requests_chosen') }}

),

service_requests as (

    select * from {{ ref('stg_fhir__service_requests') }}

),

references_resolved as (

    select * from {{ ref('int_fhir__practitioner_references_resolved') }}

),

practitioners as (

    select * from {{ ref('int_fhir__practitioners_told_apart') }}

),

organizations as (

    select * from {{ ref('stg_fhir__organizations') }}

),

joined as (

    select
        referrals.source_system,
        referrals.service_request_id,
        case
            when
                {{ fhir_reference_type('service_requests.requester_reference') }} = 'Organization'
                or organizations.organization_id is not null
                then {{ fhir_reference_id('service_requests.requester_reference', 'Organization') }}
        end as organization_id,
        {# Unknown people are outsiders: the roster would know them. #}
        case
            when coalesce(practitioners.is_referral_source, true)
                then references_resolved.practitioner_id
        end as practitioner_id
    from referrals
    inner join service_requests
        on
            referrals.source_system = service_requests.source_system
            and referrals.service_request_id = service_requests.service_request_id
    left join references_resolved
        on
            service_requests.source_system = references_resolved.source_system
            and service_requests.requester_reference = references_resolved.reference
    left join practitioners
        on
            references_resolved.source_system = practitioners.source_system
            and references_resolved.practitioner_id = practitioners.practitioner_id
    left join organizations
        on
            service_requests.source_system = organizations.source_system
            and {{ fhir_reference_id('service_requests.requester_reference', 'Organization') }}
            = organizations.organization_id

),

resolved as (

    select
        source_system,
        service_request_id,
        organization_id,
        practitioner_id,
        coalesce(
            {{ clinic_key(
                'source_system', 'referral_source', ["'organization'", 'organization_id']
            ) }},
            {{ clinic_key(
                'source_system', 'referral_source', ["'practitioner'", 'practitioner_id']
            ) }}
        ) as referral_source_key
    from joined

)

select * from resolved
