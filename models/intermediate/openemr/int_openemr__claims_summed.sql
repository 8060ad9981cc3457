{# What a visit's charges and postings come to, and why the payer refused. One row per visit. #}
with

gathered as (

    select * from {{ ref('int_openemr__claims_gathered') }}

),

billing_lines as (

    select * from {{ ref('stg_openemr__billing_lines') }}

),

told_apart as (

    select * from {{ ref('int_openemr__billing_lines_told_apart') }}
    where line_kind in ('charge', 'diagnosis')

),

charges as (

    select
        billing_lines.source_system,
        billing_lines.patient_id,
        billing_lines.encounter_id,
        sum(billing_lines.fee) filter (where told_apart.line_kind = 'charge') as total_charge,
        string_agg(distinct billing_lines.code, ', ' order by billing_lines.code)
        filter (where told_apart.line_kind = 'diagnosis') as diagnosis_codes,
        min(billing_lines.billed_at_local) as first_billed_at_local,
        min(billing_lines.provider_id) as provider_id
    from billing_lines
    inner join told_apart
        on
            billing_lines.source_system = told_apart.source_system
            and billing_lines.billing_line_id = told_apart.billing_line_id
    group by
        billing_lines.source_system, billing_lines.patient_id, billing_lines.encounter_id

),

postings as (

    select
        source_system,
        patient_id,
        encounter_id,
        sum(pay_amount) as paid_amount,
        sum(adjusted_amount) as adjusted_amount,
        coalesce(sum(pay_amount) filter (where payer_type != '0'), 0) as paid_by_payers,
        string_agg(distinct reason_code, ', ' order by reason_code)
        filter (where payer_type != '0' and pay_amount = 0 and adjusted_amount = 0)
            as refusal_codes
    from {{ ref('stg_openemr__account_activities') }}
    where is_voided is null
    group by source_system, patient_id, encounter_id

),

summed as (

    select
        gathered.source_system,
        gathered.patient_id,
        gathered.encounter_id,
        charges.total_charge,
        charges.diagnosis_codes,
        charges.first_billed_at_local,
        charges.provider_id,
        postings.paid_amount,
        postings.adjusted_amount,
        postings.paid_by_payers,
        postings.refusal_codes
    from gathered
    left join charges
        on
            gathered.source_system = charges.source_system
            and gathered.patient_id = charges.patient_id
            and gathered.encounter_id = charges.encounter_id
    left join postings
        on
            gathered.source_system = postings.source_system
            and gathered.patient_id = postings.patient_id
            and gathered.encounter_id = postings.encounter_id

)

select * from summed
