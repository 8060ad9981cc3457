{# Both are rows of Activity, where Clinic_Id__c is unique. #}
with

events as (

    select * from {{ ref('sf_event') }}

),

tasks as (

    select * from {{ ref('sf_task') }}

),

shared as (

    select events.Clinic_Id__c

    from events

    inner join tasks on events.Clinic_Id__c = tasks.Clinic_Id__c

)

select * from shared
