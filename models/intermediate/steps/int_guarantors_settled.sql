{#
    A guarantor who is no patient is loaded when the relative is, or when any person whom we load
    has the guarantor's household.
#}
with

guarantors as (

    select * from {{ ref('int_clinic__guarantors') }}

),

resolved as (

    select * from {{ ref('int_patients_resolved') }}

),

households as (

    select
        head_guarantor_key as guarantor_key,
        min(household_key) as household_key

    from {{ ref('int_patients_grouped_into_households') }}

    where head_guarantor_key is not null

    group by head_guarantor_key

),

settled as (

    select
        guarantors.guarantor_key as record_key,
        guarantors.source_system,
        resolved.survivor_patient_key as patient_key,
        households.household_key,
        case
            when
                coalesce(guarantors.family_name, guarantors.given_name, guarantors.name_text)
                is null
                then 'missing_name'
            when households.guarantor_key is not null then null
            when guarantors.patient_key is null then 'no_patient'
            when resolved.patient_key is null then 'orphan_patient'
            when resolved.excluded_reason is not null then 'patient_excluded'
        end as excluded_reason

    from guarantors

    left join resolved
        on guarantors.patient_key = resolved.patient_key

    left join households on guarantors.guarantor_key = households.guarantor_key

)

select * from settled
