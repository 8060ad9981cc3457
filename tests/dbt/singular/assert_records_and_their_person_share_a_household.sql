{# A lab result under one family's Account and another's person would show to the wrong eyes. #}
with

contacts as (

    select * from {{ ref('sf_contact') }}

),

records as (

    select
        Clinic_Id__c,
        Patient__c,
        Account__c
    from {{ ref('sf_lab_result') }}

    union all

    select
        Clinic_Id__c,
        Patient__c,
        Account__c
    from {{ ref('sf_clinical_note') }}

    union all

    select
        Clinic_Id__c,
        Patient__c,
        Account__c
    from {{ ref('sf_prescription') }}

    union all

    select
        Clinic_Id__c,
        Patient__c,
        Account__c
    from {{ ref('sf_payment_record') }}

    union all

    select
        Clinic_Id__c,
        Patient__c,
        Account__c
    from {{ ref('sf_recall_configuration') }}

    union all

    select
        Clinic_Id__c,
        Patient__c,
        AccountId as Account__c
    from {{ ref('sf_opportunity') }}

    union all

    select
        Clinic_Id__c,
        Patient__c,
        Patient_Account__c as Account__c
    from {{ ref('sf_insurance_coverage') }}

    union all

    select
        Clinic_Id__c,
        ContactId as Patient__c,
        AccountId as Account__c
    from {{ ref('sf_asset') }}

    union all

    select
        Clinic_Id__c,
        WhoId as Patient__c,
        WhatId as Account__c
    from {{ ref('sf_event') }}

    union all

    select
        Clinic_Id__c,
        WhoId as Patient__c,
        WhatId as Account__c
    from {{ ref('sf_task') }}

),

astray as (

    select records.Clinic_Id__c

    from records

    inner join contacts on records.Patient__c = contacts.Clinic_Id__c

    where records.Account__c != contacts.AccountId

)

select * from astray
