{#
    When an appointment is, as a calendar can hold it: no end or an end before the start makes it
    end when it starts, and none lasts more than 14 days. What the source said stays beside it.
#}
with

appointments as (

    select * from {{ ref('int_clinic__appointments') }}

    where start_at is not null

),

locations as (

    select * from {{ ref('int_locations_zoned') }}

),

time_zones as (

    {{ known_time_zones() }}

),

timed as (

    select
        appointments.appointment_key,
        appointments.start_at,
        coalesce(time_zones.time_zone, locations.time_zone, 'UTC') as time_zone,
        case
            when appointments.end_at is null or appointments.end_at < appointments.start_at
                then appointments.start_at
            when appointments.end_at > appointments.start_at + interval '14 days'
                then appointments.start_at + interval '14 days'
            else appointments.end_at
        end as end_at,
        case
            when appointments.end_at is null then 'event_without_end'
            when appointments.end_at < appointments.start_at then 'event_ends_before_start'
            when
                appointments.end_at > appointments.start_at + interval '14 days'
                then 'event_over_14_days'
        end as time_defect

    from appointments

    left join time_zones on appointments.time_zone = time_zones.time_zone

    left join locations on appointments.location_key = locations.location_key

),

dated as (

    select
        appointment_key,
        start_at,
        end_at,
        time_zone,
        time_defect,
        {{ local_date('start_at', 'time_zone') }} as local_start_date

    from timed

)

select * from dated
