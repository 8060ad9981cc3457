{#
    OpenEMR writes what is paid at the desk twice: as a receipt, and as a payment that is posted to
    visits. A receipt is a repetition where such a payment of the same patient, day, reference and
    sum exists; one that has none (older versions) stands for itself.
#}
with

receipts as (

    select * from {{ ref('stg_openemr__desk_payments') }}

),

sessions as (

    select
        source_system,
        patient_id,
        reference_number,
        pay_total,
        coalesce(post_date, deposit_date, check_date) as paid_date
    from {{ ref('stg_openemr__payment_sessions') }}
    where patient_id is not null
    group by
        source_system, patient_id, reference_number, pay_total,
        coalesce(post_date, deposit_date, check_date)

),

methods as (

    select * from {{ ref('openemr_codes') }}
    where list_id = 'payment_method'

),

told_apart as (

    select
        receipts.source_system,
        receipts.desk_payment_id,
        receipts.patient_id,
        receipts.encounter_id,
        receipts.paid_at_local,
        coalesce(methods.code, receipts.method_code) as method_code,
        receipts.reference_number,
        receipts.amount_for_visit + receipts.amount_for_earlier as amount,
        sessions.patient_id is not null as is_repetition
    from receipts
    left join sessions
        on
            receipts.source_system = sessions.source_system
            and receipts.patient_id = sessions.patient_id
            and receipts.reference_number is not distinct from sessions.reference_number
            and receipts.amount_for_visit + receipts.amount_for_earlier = sessions.pay_total
            and cast(receipts.paid_at_local as date) = sessions.paid_date
    left join methods on receipts.method_code = methods.option_id

)

select * from told_apart
