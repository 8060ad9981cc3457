{#
    The payer's newest answer to each claim: a ClaimResponse, and only where there is none the
    ExplanationOfBenefit (Synthea). A cancelled answer is none. The disposition's words say more
    than the outcome (`complete` covers Paid and Denied), so they are asked first.
#}
with

claim_responses as (

    select * from {{ ref('stg_fhir__claim_responses') }}
    where claim_id is not null and coalesce(status_code, 'active') = 'active'

),

explanations_of_benefit as (

    select * from {{ ref('stg_fhir__explanations_of_benefit') }}
    where claim_id is not null and coalesce(status_code, 'active') = 'active'

),

sums as (

    select * from {{ ref('int_fhir__adjudications_summed') }}

),

by_words as (

    select * from {{ ref('fhir_claim_outcomes') }}

),

by_outcome as (

    select * from {{ ref('fhir_claim_outcomes') }}

),

answers as (

    select
        source_system,
        claim_id,
        'ClaimResponse' as resource_type,
        claim_response_id as resource_id,
        outcome_code,
        disposition,
        first_error,
        payment_amount,
        created_at
    from claim_responses

    union all

    select
        source_system,
        claim_id,
        'ExplanationOfBenefit' as resource_type,
        explanation_of_benefit_id as resource_id,
        outcome_code,
        disposition,
        null as first_error,
        payment_amount,
        created_at
    from explanations_of_benefit

),

ranked as (

    select
        source_system,
        claim_id,
        resource_type,
        resource_id,
        outcome_code,
        disposition,
        first_error,
        payment_amount,
        row_number() over (
            partition by source_system, claim_id
            order by resource_type asc, created_at desc nulls last, resource_id desc
        ) as preference
    from answers

),

chosen as (

    select
        ranked.source_system,
        ranked.claim_id,
        ranked.disposition,
        ranked.payment_amount as paid_amount,
        sums.patient_responsibility,
        coalesce(by_words.claim_status_code, by_outcome.claim_status_code) as claim_status_code,
        coalesce(
            sums.denial_reason,
            ranked.first_error,
            case when by_words.answer is null then ranked.disposition end
        ) as stated_reason
    from ranked
    left join by_words
        on lower(ranked.disposition) = by_words.answer
    left join by_outcome
        on lower(ranked.outcome_code) = by_outcome.answer
    left join sums
        on
            ranked.source_system = sums.source_system
            and ranked.resource_type = sums.resource_type
            and ranked.resource_id = sums.resource_id
    where ranked.preference = 1

)

select * from chosen
