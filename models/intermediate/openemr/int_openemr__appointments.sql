{#
    Events with a patient in the clinic contract's columns. Times are on the clinic's clock in the
    source, and UTC from here on. A series is one event there and one appointment here, at its first
    date: OpenEMR does not write down which of its dates took place.
#}
with

events as (

    select * from {{ ref('stg_openemr__calendar_events') }}
    where patient_id is not null

),

categories as (

    select * from {{ ref('stg_openemr__calendar_categories') }}

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

statuses as (

    select * from {{ ref('openemr_codes') }}
    where list_id = 'apptstat'

),

timed as (

    select
        source_system,
        calendar_event_id,
        event_date + try_cast(start_time as time) as start_at_local,
        case
            when try_cast(end_time as time) > try_cast(start_time as time)
                then event_date + try_cast(end_time as time)
            else event_date + try_cast(start_time as time) + duration_seconds * interval '1 second'
        end as end_at_local
    from events

),

shaped as (

    select
        {{ clinic_key('events.source_system', 'appointment', 'events.calendar_event_id') }}
            as appointment_key,
        events.source_system,
        events.calendar_event_id as source_id,
        {{ clinic_key('events.source_system', 'patient', 'events.patient_id') }} as patient_key,
        {{ clinic_key('events.source_system', 'provider', 'events.user_id') }} as provider_key,
        {{ clinic_key('events.source_system', 'location', 'events.facility_id') }} as location_key,
        coalesce(statuses.code, events.status_code) as status_code,
        categories.category_name as type_code,
        events.title as reason,
        events.comment as description,
        case
            when events.recurrence_type != '0'
                then
                    'Series until '
                    || coalesce(cast(events.last_date as varchar), 'further notice')
        end as comment,
        case
            when events.recurrence_type != '0'
                then {{ clinic_key(
                    'events.source_system', 'series', 'events.calendar_event_id'
                ) }}
        end as series_key,
        {{ utc_from_local('timed.start_at_local', 'clinics.time_zone') }} as start_at,
        {{ utc_from_local('timed.end_at_local', 'clinics.time_zone') }} as end_at,
        clinics.time_zone,
        case
            when events.room is not null
                then '{"room_code":' || {{ json_string('events.room') }} || '}'
        end as custom_fields,
        {{ utc_from_local('events.entered_at_local', 'clinics.time_zone') }} as created_at,
        cast(null as timestamp) as modified_at
    from events
    inner join timed
        on
            events.source_system = timed.source_system
            and events.calendar_event_id = timed.calendar_event_id
    inner join clinics on events.source_system = clinics.source_system
    left join categories
        on
            events.source_system = categories.source_system
            and events.category_id = categories.category_id
    left join statuses on events.status_code = statuses.option_id

)

select * from shaped
