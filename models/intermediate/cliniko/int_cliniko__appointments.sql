{#
    Visits in the clinic contract's columns: one of a patient alone, or one patient's part in a
    group's. Whoever is called off, has arrived or has not is told by the appointment alone, and by
    the attendee in a group.
#}
with

individual_appointments as (

    select * from {{ ref('stg_cliniko__individual_appointments') }}

),

group_appointments as (

    select * from {{ ref('stg_cliniko__group_appointments') }}

),

attendees as (

    select * from {{ ref('stg_cliniko__attendees') }}

),

appointment_types as (

    select * from {{ ref('stg_cliniko__appointment_types') }}

),

locations as (

    select * from {{ ref('int_cliniko__locations') }}

),

visits as (

    select
        source_system,
        'individual_appointments' as raw_table,
        individual_appointment_id as raw_id,
        {{ clinic_key('source_system', 'appointment', 'individual_appointment_id') }}
            as appointment_key,
        individual_appointment_id as source_id,
        patient_id,
        practitioner_id,
        business_id,
        appointment_type_id,
        case
            when cancelled_at is not null then 'cancelled'
            when did_not_arrive then 'noshow'
            when has_arrived then 'arrived'
            else 'booked'
        end as status_code,
        note,
        cancellation_reason,
        cancellation_note,
        cast(null as varchar) as group_appointment_id,
        starts_at,
        ends_at,
        created_at,
        modified_at
    from individual_appointments

    union all

    select
        attendees.source_system,
        'attendees' as raw_table,
        attendees.attendee_id as raw_id,
        {{ clinic_key(
            'attendees.source_system', 'appointment', ["'attendee'", 'attendees.attendee_id']
        ) }} as appointment_key,
        'attendee/' || attendees.attendee_id as source_id,
        attendees.patient_id,
        group_appointments.practitioner_id,
        group_appointments.business_id,
        group_appointments.appointment_type_id,
        case
            when attendees.cancelled_at is not null then 'cancelled'
            when attendees.has_arrived then 'arrived'
            when not attendees.has_arrived then 'noshow'
            else 'booked'
        end as status_code,
        coalesce(attendees.note, group_appointments.note) as note,
        attendees.cancellation_reason,
        attendees.cancellation_note,
        group_appointments.group_appointment_id,
        group_appointments.starts_at,
        group_appointments.ends_at,
        attendees.created_at,
        greatest(attendees.modified_at, group_appointments.modified_at) as modified_at
    from attendees
    inner join group_appointments
        on
            attendees.source_system = group_appointments.source_system
            and attendees.booking_id = group_appointments.group_appointment_id

),

keyed as (

    select
        *,
        {{ clinic_key('source_system', 'location', 'business_id') }} as location_key
    from visits

),

shaped as (

    select
        keyed.appointment_key,
        keyed.source_system,
        keyed.source_id,
        {{ clinic_key('keyed.source_system', 'patient', 'keyed.patient_id') }} as patient_key,
        {{ clinic_key('keyed.source_system', 'provider', 'keyed.practitioner_id') }}
            as provider_key,
        keyed.location_key,
        keyed.status_code,
        appointment_types.type_name as type_code,
        appointment_types.type_name as reason,
        keyed.note as description,
        nullif(concat_ws(': ', keyed.cancellation_reason, keyed.cancellation_note), '') as comment,
        {{ clinic_key('keyed.source_system', 'series', 'keyed.group_appointment_id') }}
            as series_key,
        keyed.starts_at as start_at,
        keyed.ends_at as end_at,
        coalesce(locations.time_zone, '{{ var("clinic_time_zone") }}') as time_zone,
        cast(null as varchar) as custom_fields,
        keyed.created_at,
        keyed.modified_at,
        keyed.raw_table,
        keyed.raw_id
    from keyed
    left join appointment_types
        on
            keyed.source_system = appointment_types.source_system
            and keyed.appointment_type_id = appointment_types.appointment_type_id
    left join locations on keyed.location_key = locations.location_key

)

select * from shaped
