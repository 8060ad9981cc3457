{#
    What each posting to a visit is: money paid, money written off, or a word without money (a
    refusal), which the claim tells.
#}
with

activities as (

    select * from {{ ref('stg_openemr__account_activities') }}

),

sessions as (

    select * from {{ ref('stg_openemr__payment_sessions') }}

),

methods as (

    select * from {{ ref('openemr_codes') }}
    where list_id = 'payment_method'

),

told_apart as (

    select
        activities.source_system,
        activities.raw_id,
        activities.patient_id,
        activities.encounter_id,
        case
            when activities.pay_amount != 0 then 'payment'
            when activities.adjusted_amount != 0 then 'adjustment'
        end as entry_type,
        coalesce(nullif(activities.pay_amount, 0), -activities.adjusted_amount) as amount,
        case
            when activities.payer_type != '0' then 'insurance'
            else coalesce(methods.code, sessions.payment_method)
        end as method_code,
        sessions.reference_number,
        coalesce(activities.memo, sessions.description) as description,
        activities.is_voided is not null as is_voided,
        coalesce(
            activities.post_date,
            sessions.post_date,
            sessions.deposit_date,
            cast(activities.posted_at_local as date)
        ) as entry_date,
        activities.posted_at_local,
        activities.modified_at_local
    from activities
    left join sessions
        on
            activities.source_system = sessions.source_system
            and activities.payment_session_id = sessions.payment_session_id
    left join methods on sessions.payment_method = methods.option_id

)

select * from told_apart
