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

requested as (

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

made as (

    {{ union_of_references([
        ['stg_fhir__patients', 'general_practitioner_reference', 'general_practitioner'],
        [
            'stg_fhir__appointments__participants', 'actor_reference', 'participant',
            "coalesce("
            ~ fhir_reference_type('actor_reference')
            ~ ", 'unstated') in ('Practitioner', 'PractitionerRole', 'unstated')"
        ],
        ['stg_fhir__claims', 'provider_reference', 'claim_provider'],
        ['stg_fhir__claims__care_team', 'provider_reference', 'care_team'],
        ['stg_fhir__explanations_of_benefit__care_team', 'provider_reference', 'care_team'],
        ['stg_fhir__document_references', 'author_reference', 'author'],
        ['stg_fhir__questionnaire_responses', 'author_reference', 'author'],
        ['stg_fhir__medication_requests', 'requester_reference', 'requester'],
        ['stg_fhir__observations', 'performer_reference', 'performer'],
        ['stg_fhir__communications', 'sender_reference', 'sender'],
        ['stg_fhir__communications__recipients', 'recipient_reference', 'recipient'],
        ['stg_fhir__communication_requests', 'requester_reference', 'requester'],
    ]) }}

    union all

    select
        source_system,
        reference,
        made_as
    from requested

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
