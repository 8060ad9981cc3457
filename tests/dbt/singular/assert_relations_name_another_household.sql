{# The relation to one's own household is made by Salesforce; a second one is a duplicate. #}
with

relations as (

    select * from {{ ref('sf_account_contact_relation') }}

),

contacts as (

    select * from {{ ref('sf_contact') }}

),

direct as (

    select relations.Clinic_Id__c

    from relations

    inner join contacts
        on relations.ContactId = contacts.Clinic_Id__c and relations.AccountId = contacts.AccountId

)

select * from direct
