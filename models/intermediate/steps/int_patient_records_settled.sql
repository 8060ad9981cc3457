{#
    Whether a patient's record is loaded, and under which person and household: children of a
    merged chart go to the survivor. The first reason that holds is the one that counts.
#}
with

records as (

    select * from {{ ref('int_patient_records_unioned') }}

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
        records.entity,
        records.record_key,
        records.source_system,
        households.patient_key,
        households.household_key,
        owners.owner_email,
        case
            when
                records.status_code in ('entered-in-error', 'entered_in_error')
                then 'entered_in_error'
            when records.patient_key is null then 'no_patient'
            when resolved.patient_key is null then 'orphan_patient'
            when resolved.excluded_reason is not null then 'patient_excluded'
            else records.own_reason
        end as excluded_reason

    from records

    left join resolved on records.patient_key = resolved.patient_key

    left join households on resolved.survivor_patient_key = households.patient_key

    left join owners on households.patient_key = owners.patient_key

)

select * from settled
