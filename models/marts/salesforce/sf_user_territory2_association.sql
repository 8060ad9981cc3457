{# Users of ours in the territories that the clinic gives them. #}
with

user_territories as (

    select * from {{ ref('org_user_territories') }}

),

territories as (

    select * from {{ ref('org_territories') }}

),

users as (

    select * from {{ ref('sf_user') }}

),

associations as (

    select

        ---------- ids
        users.Clinic_Id__c as UserId,
        {{ territory_key('territories.territory', 'territories.territory_model') }} as Territory2Id

    from user_territories

    inner join territories on user_territories.territory = territories.territory

    inner join users on user_territories.email = users.Email

)

select * from associations
