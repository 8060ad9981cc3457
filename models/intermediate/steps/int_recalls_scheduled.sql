{#
    When the next recall is due: as stated, else the last one plus the interval. No Task is made for
    the dead, nor for a recall that is no longer active.
#}
with

recalls as (

    select * from {{ ref('int_clinic__recalls') }}

),

settled as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity = 'recalls' and excluded_reason is null

),

patients as (

    select * from {{ ref('int_clinic__patients') }}

),

units as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'recall_interval_unit'

),

intervals as (

    select
        recalls.recall_key,
        recalls.last_recall_date,
        recalls.next_due_date,
        recalls.status_code,
        case units.salesforce_value
            when 'Days' then recalls.interval_count * interval '1 day'
            when 'Weeks' then recalls.interval_count * interval '7 days'
            when 'Months' then recalls.interval_count * interval '1 month'
            when 'Years' then recalls.interval_count * interval '1 year'
        end as recall_interval

    from recalls

    left join units
        on
            recalls.source_system = units.source_system
            and recalls.interval_unit = units.source_value

),

scheduled as (

    select
        intervals.recall_key,
        coalesce(
            intervals.next_due_date,
            cast(intervals.last_recall_date + intervals.recall_interval as date)
        ) as next_due_date,
        coalesce(intervals.status_code, 'active') = 'active'
        and not coalesce(patients.is_deceased, false)
        and patients.deceased_date is null as needs_task

    from intervals

    inner join settled on intervals.recall_key = settled.record_key

    inner join patients on settled.patient_key = patients.patient_key

)

select * from scheduled
