{#
    What each patient owes: all charges less everything paid and written off. OpenEMR works it out
    on its screen and stores it nowhere. One row per patient with any charge or payment.
#}
with

movements as (

    select
        source_system,
        patient_id,
        fee as amount
    from {{ ref('int_openemr__charges_of_visits') }}

    union all

    select
        source_system,
        patient_id,
        -coalesce(pay_amount, 0) - coalesce(adjusted_amount, 0) as amount
    from {{ ref('stg_openemr__account_activities') }}
    where is_voided is null

    union all

    select
        source_system,
        patient_id,
        -amount as amount
    from {{ ref('int_openemr__advance_payments') }}

    union all

    select
        source_system,
        patient_id,
        -amount as amount
    from {{ ref('int_openemr__desk_payments_told_apart') }}
    where not is_repetition

    union all

    select
        source_system,
        patient_id,
        -amount as amount
    from {{ ref('int_openemr__copays_told_apart') }}
    where not is_repetition

    union all

    select
        source_system,
        patient_id,
        fee as amount
    from {{ ref('stg_openemr__drug_sales') }}
    where patient_id is not null

),

patients as (

    select * from {{ ref('stg_openemr__patients') }}

),

summed as (

    select
        movements.source_system,
        movements.patient_id,
        sum(movements.amount) as amount
    from movements
    inner join patients
        on
            movements.source_system = patients.source_system
            and movements.patient_id = patients.patient_id
    group by movements.source_system, movements.patient_id

)

select * from summed
