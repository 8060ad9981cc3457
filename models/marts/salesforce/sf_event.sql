{#
    An appointment, past or to come, with reminders off. The subject names no patient and no reason:
    calendars are read over shoulders.
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

texts as (

    select * from {{ ref('int_activity_texts_joined') }}

    where entity = 'appointments'

),

providers as (

    select * from {{ ref('int_providers_matched_to_owners') }}

),

locations as (

    select * from {{ ref('int_clinic__locations') }}

),

statuses as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'appointment_status'

),

events as (

    select

        ---------- ids
        appointments.appointment_key as Clinic_Id__c,
        settled.patient_key as WhoId,
        settled.household_key as WhatId,
        coalesce(providers.owner_email, settled.owner_email) as OwnerId,
        providers.provider_key as Provider__c,
        locations.location_key as Location__c,

        ---------- strings
        case
            when {{ utf16_length('appointments.type_code') }} <= 240
                then 'Appointment: ' || appointments.type_code
            else 'Appointment'
        end as Subject,
        {{ text_if_it_fits('locations.location_name', 255) }} as Location,
        texts.fitting_text as Description,
        statuses.salesforce_value as Appointment_Status__c,
        {{ text_if_it_fits('appointments.status_code', 255) }} as Source_Status__c,
        {{ text_if_it_fits('appointments.type_code', 255) }} as Appointment_Type__c,
        {{ text_if_it_fits('appointments.series_key', 255) }} as Series_Key__c,
        timed.time_zone as Time_Zone__c,

        ---------- booleans
        false as IsAllDayEvent,
        false as IsReminderSet,

        ---------- timestamps
        timed.start_at as StartDateTime,
        timed.end_at as EndDateTime,
        appointments.start_at as Original_Start__c,
        appointments.end_at as Original_End__c,
        appointments.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        {{ custom_field_columns(
            'appointments.custom_fields', after='appointments.modified_at as Source_Modified_At__c'
        ) }}

    from appointments

    inner join settled on appointments.appointment_key = settled.record_key

    inner join timed on appointments.appointment_key = timed.appointment_key

    left join texts on appointments.appointment_key = texts.record_key

    left join providers on appointments.provider_key = providers.provider_key

    left join locations on appointments.location_key = locations.location_key

    left join statuses
        on
            appointments.source_system = statuses.source_system
            and appointments.status_code = statuses.source_value

)

select * from events
