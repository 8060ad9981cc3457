{# What was said, and what is to be done: communications, missed appointments, recalls. #}
with

communications as (

    select * from {{ ref('int_tasks_of_communications') }}

),

no_shows as (

    select * from {{ ref('int_tasks_of_no_shows') }}

),

recalls as (

    select * from {{ ref('int_tasks_of_recalls') }}

),

united as (

    select * from communications

    union all

    select * from no_shows

    union all

    select * from recalls

),

tasks as (

    select

        ---------- ids
        task_key as Clinic_Id__c,
        patient_key as WhoId,
        household_key as WhatId,
        owner_email as OwnerId,
        provider_key as Provider__c,
        location_key as Location__c,

        ---------- strings
        task_subject as Subject,
        task_status as Status,
        'Normal' as Priority,
        task_type as Type,
        task_subtype as TaskSubtype,
        call_type as CallType,
        task_text as Description,
        {{ text_if_it_fits('source_status', 255) }} as Source_Status__c,

        ---------- booleans
        false as IsReminderSet,

        ---------- dates
        activity_date as ActivityDate,

        ---------- timestamps
        original_start_at as Original_Start__c,
        original_end_at as Original_End__c,
        created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        modified_at as Source_Modified_At__c

    from united

)

select * from tasks
