{#
    Every reference that any record makes to a practitioner, and in which role. A referral's
    requester is `referral_requester`; every other role makes its practitioner a provider.
#}
with

service_requests as (

    select * from {{ ref('stg_fhir__service_requests') }}

),

referrals as (

    select * from {{ ref('int_fhir__referral_requests_chosen') }}

),

made as (

    select
        source_system,
        general_practitioner_reference as reference,
        'general_practitioner' as made_as
    from {{ ref('stg_fhir__patients') }}

    union all

    select
        source_system,
        actor_reference as reference,
        'participant' as made_as
    from {{ ref('stg_fhir__appointments__participants') }}
    where
        {{ fhir_reference_type('actor_reference') }} in ('Practitioner', 'PractitionerRole')
        or actor_reference like 'urn:%'

    union all

    select
        source_system,
        provider_reference as reference,
        'claim_provider' as made_as
    from {{ ref('stg_fhir__claims') }}

    union all

    select
        source_system,
        provider_reference as reference,
        'care_team' as made_as
    from {{ ref('stg_fhir__claims__care_team') }}

    union all

    select
        source_system,
        provider_reference as reference,
        'care_team' as made_as
    from {{ ref('stg_fhir__explanations_of_benefit__care_team') }}

    union all

    select
        source_system,
        author_reference as reference,
        'author' as made_as
    from {{ ref('stg_fhir__document_references') }}

    union all

    select
        source_system,
        author_reference as reference,
        'author' as made_as
    from {{ ref('stg_fhir__questionnaire_responses') }}

    union all

    select
        source_system,
        requester_reference as reference,
        'requester' as made_as
    from {{ ref('stg_fhir__medication_requests') }}

    union all

    select
        source_system,
        performer_reference as reference,
        'performer' as made_as
    from {{ ref('stg_fhir__observations') }}

    union all

    select
        source_system,
        sender_reference as reference,
        'sender' as made_as
    from {{ ref('stg_fhir__communications') }}

    union all

    select
        source_system,
        recipient_reference as reference,
        'recipient' as made_as
    from {{ ref('stg_fhir__communications__recipients') }}

    union all

    select
        source_system,
        requester_reference as reference,
        'requester' as made_as
    from {{ ref('stg_fhir__communication_requests') }}

    union all

    select
        service_requests.source_system,
        service_requests.requester_reference as reference,
        case
            when referrals.service_request_id is null then 'requester' else 'referral_requester'
        end as made_as
    from service_requests
    left join referrals
        on
            service_requests.source_system = referrals.source_system
            and service_requests.service_request_id = referrals.service_request_id

),

read_once as (

    select
        source_system,
        reference,
        made_as
    from made
    where reference is not null
    group by source_system, reference, made_as

)

select * from read_once
