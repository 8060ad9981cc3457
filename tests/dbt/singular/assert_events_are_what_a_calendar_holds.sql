{# Salesforce refuses an Event that ends before it starts or lasts more than 14 days. #}
with

events as (

    select * from {{ ref('sf_event') }}

),

refused as (

    select Clinic_Id__c from events

    where
        EndDateTime < StartDateTime
        or EndDateTime > StartDateTime + interval '14 days'

)

select * from refused
