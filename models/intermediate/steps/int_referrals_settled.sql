{#
    A referral lives on its source; who was referred is optional, and a referral of someone whom we
    must not load is not loaded either.
#}
with

referrals as (

    select * from {{ ref('int_clinic__referrals') }}

),

resolved as (

    select * from {{ ref('int_patients_resolved') }}

),

households as (

    select * from {{ ref('int_patients_grouped_into_households') }}

),

owners as (

    select * from {{ ref('int_patients_owned') }}

),

settled as (

    select
        referrals.referral_key as record_key,
        referrals.source_system,
        households.patient_key,
        households.household_key,
        owners.owner_email,
        case
            when referrals.status_code in ('entered-in-error', 'entered_in_error')
                then 'entered_in_error'
            when resolved.excluded_reason is not null then 'patient_excluded'
        end as excluded_reason

    from referrals

    left join resolved on referrals.patient_key = resolved.patient_key

    left join households on resolved.survivor_patient_key = households.patient_key

    left join owners on households.patient_key = owners.patient_key

)

select * from settled
