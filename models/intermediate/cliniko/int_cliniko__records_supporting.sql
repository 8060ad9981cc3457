{#
    Raw rows that are no record of any entity, yet that one is made with: the files of attachments,
    types and concessions that a name is taken of, a practitioner's account, the attendee of
    somebody who came alone.
#}
with

group_appointments as (

    select * from {{ ref('stg_cliniko__group_appointments') }}

),

attendees as (

    select * from {{ ref('stg_cliniko__attendees') }}

),

individual_appointments as (

    select * from {{ ref('stg_cliniko__individual_appointments') }}

),

practitioners as (

    select * from {{ ref('stg_cliniko__practitioners') }}

),

told as (

    select
        source_system,
        'users' as raw_table,
        user_id as raw_id
    from practitioners
    where user_id is not null

    union all

    select
        attendees.source_system,
        'attendees' as raw_table,
        attendees.attendee_id as raw_id
    from attendees
    inner join individual_appointments
        on
            attendees.source_system = individual_appointments.source_system
            and attendees.booking_id = individual_appointments.individual_appointment_id

    union all

    select
        group_appointments.source_system,
        'group_appointments' as raw_table,
        group_appointments.group_appointment_id as raw_id
    from group_appointments
    inner join attendees
        on
            group_appointments.source_system = attendees.source_system
            and group_appointments.group_appointment_id = attendees.booking_id

    union all

    select
        source_system,
        raw_table,
        raw_id
    from {{ ref('int_cliniko__raw_records') }}
    where raw_table in (
        'appointment_types',
        'concession_types',
        'patient_attachment_content',
        'practitioner_reference_numbers'
    )

),

told_once as (

    select
        source_system,
        raw_table,
        raw_id
    from told
    group by source_system, raw_table, raw_id

)

select * from told_once
