{#
    Appointments in the clinic contract's columns. An end that is not stated follows from the stated
    duration; nothing else is worked out. The zone is the location's: UTC needs none, people do.
#}
with

appointments as (

    select * from {{ ref('stg_fhir__appointments') }}

),

participants as (

    select * from {{ ref('int_fhir__appointment_participants_chosen') }}

),

locations as (

    select * from {{ ref('int_fhir__locations') }}

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'Appointment'

),

custom_fields as (

    select * from {{ ref('int_fhir__custom_fields_collected') }}
    where resource_type = 'Appointment'

),

shaped as (

    select
        {{ clinic_key('appointments.source_system', 'appointment', 'appointments.appointment_id') }}
            as appointment_key,
        appointments.source_system,
        appointments.appointment_id as source_id,
        {{ clinic_key('appointments.source_system', 'patient', 'participants.patient_id') }}
            as patient_key,
        {{ clinic_key('appointments.source_system', 'provider', 'participants.practitioner_id') }}
            as provider_key,
        {{ clinic_key('appointments.source_system', 'location', 'participants.location_id') }}
            as location_key,
        appointments.status_code,
        appointments.type_code,
        appointments.reason,
        appointments.description,
        {# `comment` is the clinic contract's name. #}
        appointments.remark as comment,
        extensions.series_key,
        appointments.start_at,
        coalesce(
            appointments.end_at,
            {{ dbt.dateadd('minute', 'appointments.duration_minutes', 'appointments.start_at') }}
        ) as end_at,
        locations.time_zone,
        custom_fields.custom_fields,
        coalesce(extensions.created_at, appointments.created_at) as created_at,
        appointments.modified_at
    from appointments
    left join participants
        on
            appointments.source_system = participants.source_system
            and appointments.appointment_id = participants.appointment_id
    left join locations
        on
            participants.source_system = locations.source_system
            and participants.location_id = locations.source_id
    left join extensions
        on
            appointments.source_system = extensions.source_system
            and appointments.appointment_id = extensions.resource_id
    left join custom_fields
        on
            appointments.source_system = custom_fields.source_system
            and appointments.appointment_id = custom_fields.resource_id

)

select * from shaped
