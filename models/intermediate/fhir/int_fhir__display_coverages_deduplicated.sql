{#
    Policies that a source knows by their payer's display alone. Synthea repeats the same one inside
    every ExplanationOfBenefit and on every Claim: one coverage per patient and display, whatever
    record tells of it; its details are those of the newest explanation.
#}
with

contained as (

    select * from {{ ref('stg_fhir__explanations_of_benefit__contained') }}
    where resource_type = 'Coverage' and payor_reference is null and payor_display is not null

),

explanations_of_benefit as (

    select * from {{ ref('stg_fhir__explanations_of_benefit') }}

),

claim_insurances as (

    select * from {{ ref('stg_fhir__claims__insurances') }}
    where coverage_reference is null and coverage_display is not null

),

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

told as (

    select
        contained.source_system,
        'explanation_of_benefit' as raw_table,
        contained.explanation_of_benefit_id as raw_id,
        contained.ordinal,
        coalesce(contained.patient_id, explanations_of_benefit.patient_id) as patient_id,
        contained.payor_display,
        contained.coverage_type,
        contained.member_id,
        contained.status_code,
        contained.effective_date,
        contained.termination_date,
        explanations_of_benefit.created_at as told_at
    from contained
    inner join explanations_of_benefit
        on
            contained.source_system = explanations_of_benefit.source_system
            and contained.explanation_of_benefit_id
            = explanations_of_benefit.explanation_of_benefit_id

    union all

    select
        claims.source_system,
        'claim' as raw_table,
        claims.claim_id as raw_id,
        claim_insurances.ordinal,
        claims.patient_id,
        claim_insurances.coverage_display as payor_display,
        null as coverage_type,
        null as member_id,
        null as status_code,
        null as effective_date,
        null as termination_date,
        claims.created_at as told_at
    from claim_insurances
    inner join claims
        on
            claim_insurances.source_system = claims.source_system
            and claim_insurances.claim_id = claims.claim_id

),

ranked as (

    select
        source_system,
        raw_table,
        raw_id,
        patient_id,
        payor_display,
        coverage_type,
        member_id,
        status_code,
        effective_date,
        termination_date,
        row_number() over (
            partition by source_system, patient_id, payor_display
            order by
                raw_table = 'claim' asc, told_at desc nulls last, raw_id asc, ordinal asc
        ) as preference
    from told
    where patient_id is not null

),

deduplicated as (

    select
        source_system,
        raw_table,
        raw_id,
        patient_id,
        payor_display,
        coverage_type,
        member_id,
        status_code,
        effective_date,
        termination_date
    from ranked
    where preference = 1

)

select * from deduplicated
