{#
    Copays that stand on a fee sheet, as old versions wrote them (a fee below zero). One that a
    posting of the patient's repeats is that posting.
#}
with

billing_lines as (

    select * from {{ ref('stg_openemr__billing_lines') }}

),

copays as (

    select * from {{ ref('int_openemr__billing_lines_told_apart') }}
    where line_kind = 'copay'

),

postings as (

    select
        source_system,
        patient_id,
        encounter_id,
        pay_amount
    from {{ ref('stg_openemr__account_activities') }}
    where payer_type = '0' and is_voided is null
    group by source_system, patient_id, encounter_id, pay_amount

),

told_apart as (

    select
        billing_lines.source_system,
        billing_lines.billing_line_id,
        billing_lines.patient_id,
        billing_lines.encounter_id,
        billing_lines.entered_at_local,
        -billing_lines.fee as amount,
        postings.patient_id is not null as is_repetition
    from billing_lines
    inner join copays
        on
            billing_lines.source_system = copays.source_system
            and billing_lines.billing_line_id = copays.billing_line_id
    left join postings
        on
            billing_lines.source_system = postings.source_system
            and billing_lines.patient_id = postings.patient_id
            and billing_lines.encounter_id = postings.encounter_id
            and -billing_lines.fee = postings.pay_amount

)

select * from told_apart
