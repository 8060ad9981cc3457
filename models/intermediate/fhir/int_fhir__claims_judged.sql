{#
    What became of each claim. The status is the claim's own where the clinic ended it (cancelled =
    void, draft, entered in error), else the payer's answer, else submitted. A reason is stated for
    denied and refused claims only.
#}
with

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

answers as (

    select * from {{ ref('int_fhir__claim_answers_chosen') }}

),

diagnoses as (

    select
        source_system,
        claim_id,
        string_agg(diagnosis_code, ', ' order by diagnosis_sequence nulls last, ordinal)
            as diagnosis_codes
    from {{ ref('stg_fhir__claims__diagnoses') }}
    group by source_system, claim_id

),

judged as (

    select
        claims.source_system,
        claims.claim_id,
        case
            when claims.status_code = 'cancelled' then 'void'
            when claims.status_code = 'draft' then 'draft'
            when claims.status_code = 'entered-in-error' then 'entered_in_error'
            else coalesce(answers.claim_status_code, 'submitted')
        end as status_code,
        answers.paid_amount,
        answers.patient_responsibility,
        answers.stated_reason,
        diagnoses.diagnosis_codes
    from claims
    left join answers
        on
            claims.source_system = answers.source_system
            and claims.claim_id = answers.claim_id
    left join diagnoses
        on
            claims.source_system = diagnoses.source_system
            and claims.claim_id = diagnoses.claim_id

),

explained as (

    select
        source_system,
        claim_id,
        status_code,
        paid_amount,
        patient_responsibility,
        case when status_code in ('denied', 'error') then stated_reason end as denial_reason,
        diagnosis_codes
    from judged

)

select * from explained
