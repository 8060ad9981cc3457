{#
    What a patient has paid and is not posted to any visit yet: the rest of a payment. One row per
    payment of a patient with such a rest.
#}
with

sessions as (

    select * from {{ ref('stg_openemr__payment_sessions') }}
    where patient_id is not null

),

posted as (

    select
        source_system,
        payment_session_id,
        sum(pay_amount) as pay_amount
    from {{ ref('stg_openemr__account_activities') }}
    where is_voided is null
    group by source_system, payment_session_id

),

methods as (

    select * from {{ ref('openemr_codes') }}
    where list_id = 'payment_method'

),

rests as (

    select
        sessions.source_system,
        sessions.payment_session_id,
        sessions.patient_id,
        sessions.pay_total - coalesce(posted.pay_amount, 0) as amount,
        coalesce(methods.code, sessions.payment_method) as method_code,
        sessions.reference_number,
        sessions.description,
        coalesce(sessions.post_date, sessions.deposit_date, sessions.check_date) as entry_date,
        sessions.modified_at_local
    from sessions
    left join posted
        on
            sessions.source_system = posted.source_system
            and sessions.payment_session_id = posted.payment_session_id
    left join methods on sessions.payment_method = methods.option_id

),

left_over as (

    select * from rests
    where amount > 0

)

select * from left_over
