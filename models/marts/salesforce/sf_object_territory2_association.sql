{#
    Locations in the territories that the clinic gives them, and with them the households whose
    patients have their home location there.
#}
with

location_territories as (

    select * from {{ ref('org_location_territories') }}

),

territories as (

    select * from {{ ref('org_territories') }}

),

contacts as (

    select * from {{ ref('sf_contact') }}

),

placed as (

    select
        location_key as account_key,
        territory

    from location_territories

    union

    select
        contacts.AccountId as account_key,
        location_territories.territory

    from location_territories

    inner join contacts on location_territories.location_key = contacts.Home_Location__c

    where contacts.AccountId is not null

),

associations as (

    select

        ---------- ids
        placed.account_key as ObjectId,
        {{ territory_key('territories.territory', 'territories.territory_model') }} as Territory2Id,

        ---------- strings
        'Territory2Manual' as AssociationCause

    from placed

    inner join territories on placed.territory = territories.territory

)

select * from associations
