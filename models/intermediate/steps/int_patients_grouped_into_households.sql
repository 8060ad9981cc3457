{#
    The household of each person: the guarantor of the newest active billing account that names one
    whom we load, ties by key; else the person's own. One step only: whether the guarantor answers
    to someone else in turn changes nothing, so loops cannot arise.
#}
with

resolved as (

    select * from {{ ref('int_patients_resolved') }}

    where excluded_reason is null

),

living_charts as (

    select
        patient_key,
        patient_key as own_patient_key

    from resolved

    where patient_key = survivor_patient_key

),

guarantor_charts as (

    select
        patient_key as guarantor_patient_key,
        survivor_patient_key as guarantor_survivor_key

    from resolved

),

guarantors as (

    select * from {{ ref('int_clinic__guarantors') }}

    where coalesce(family_name, given_name, name_text) is not null

),

guarantor_accounts as (

    select * from {{ ref('int_clinic__guarantor_accounts') }}

    where is_active

),

candidates as (

    select
        resolved.survivor_patient_key as patient_key,
        guarantor_charts.guarantor_survivor_key as head_patient_key,
        case
            when guarantor_charts.guarantor_survivor_key is null then guarantors.guarantor_key
        end as head_guarantor_key,
        row_number() over (
            partition by resolved.survivor_patient_key
            order by
                guarantor_accounts.period_start desc nulls last,
                guarantor_accounts.guarantor_account_key asc
        ) as candidate_number

    from guarantor_accounts

    inner join resolved on guarantor_accounts.patient_key = resolved.patient_key

    left join guarantor_charts
        on guarantor_accounts.guarantor_patient_key = guarantor_charts.guarantor_patient_key

    left join guarantors on guarantor_accounts.guarantor_key = guarantors.guarantor_key

    where
        guarantor_charts.guarantor_survivor_key is not null
        or guarantors.guarantor_key is not null

),

heads as (

    select
        living_charts.patient_key,
        case
            when candidates.head_guarantor_key is null
                then coalesce(candidates.head_patient_key, living_charts.patient_key)
        end as head_patient_key,
        candidates.head_guarantor_key

    from living_charts

    left join candidates
        on
            living_charts.patient_key = candidates.patient_key
            and candidates.candidate_number = 1

),

households as (

    select
        patient_key,
        head_patient_key,
        head_guarantor_key,
        coalesce(
            {{ derived_key('head_guarantor_key', 'guarantor_household') }},
            {{ derived_key('head_patient_key', 'household') }}
        ) as household_key

    from heads

)

select * from households
