{#
    A patient who did not come is called back: a Task on the day of the appointment, as the
    location's calendar has it. Nobody calls the dead.
#}
with

appointments as (

    select * from {{ ref('int_clinic__appointments') }}

),

settled as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity = 'appointments' and excluded_reason is null

),

timed as (

    select * from {{ ref('int_appointments_timed') }}

),

patients as (

    select * from {{ ref('int_clinic__patients') }}

    where not coalesce(is_deceased, false) and deceased_date is null

),

providers as (

    select * from {{ ref('int_providers_matched_to_owners') }}

),

locations as (

    select * from {{ ref('int_clinic__locations') }}

),

no_shows as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'appointment_status' and salesforce_value = 'No Show'

),

tasks as (

    select
        {{ derived_key('appointments.appointment_key', 'no_show_follow_up') }} as task_key,
        settled.patient_key,
        settled.household_key,
        coalesce(providers.owner_email, settled.owner_email) as owner_email,
        providers.provider_key,
        locations.location_key,
        'Follow up on missed appointment' as task_subject,
        'Not Started' as task_status,
        'Call' as task_type,
        'Task' as task_subtype,
        cast(null as string) as call_type,
        cast(null as string) as task_text,
        appointments.status_code as source_status,
        timed.local_start_date as activity_date,
        appointments.start_at as original_start_at,
        appointments.end_at as original_end_at,
        appointments.created_at,
        appointments.modified_at

    from appointments

    inner join settled on appointments.appointment_key = settled.record_key

    inner join timed on appointments.appointment_key = timed.appointment_key

    inner join no_shows
        on
            appointments.source_system = no_shows.source_system
            and appointments.status_code = no_shows.source_value

    inner join patients on settled.patient_key = patients.patient_key

    left join providers on appointments.provider_key = providers.provider_key

    left join locations on appointments.location_key = locations.location_key

)

select * from tasks
