{#
    What a person is to a household: its head with family in it, one who answers for others without
    heading them, or neither.
#}
with

households as (

    select * from {{ ref('int_patients_grouped_into_households') }}

),

families as (

    select
        head_patient_key as patient_key,
        count(*) filter (where patient_key != head_patient_key) as dependent_count,
        count(*) filter (where patient_key = head_patient_key) as own_count

    from households

    where head_patient_key is not null

    group by head_patient_key

),

told as (

    select
        households.patient_key,
        case
            when coalesce(families.dependent_count, 0) = 0 then 'Individual'
            when families.own_count > 0 then 'Family Head'
            else 'Guarantor'
        end as patient_record_type

    from households

    left join families on households.patient_key = families.patient_key

)

select * from told
