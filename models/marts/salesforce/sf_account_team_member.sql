{#
    Users of ours in the team of each household whose patients they look after. What a member may do
    there is the org's own default: no access level is sent.
#}
with

provider_patients as (

    select * from {{ ref('sf_provider_patient') }}

),

users as (

    select * from {{ ref('sf_user') }}

),

members as (

    select

        ---------- ids
        provider_patients.Account__c as AccountId,
        users.Clinic_Id__c as UserId

    from provider_patients

    inner join users on provider_patients.OwnerId = users.Email

    group by
        provider_patients.Account__c,
        users.Clinic_Id__c

)

select * from members
