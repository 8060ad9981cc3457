{#
    The standard price that every product needs before a line can name it. It is 0: the source has
    no price list, and each line brings the price that was charged.
#}
with

products as (

    select * from {{ ref('sf_product2') }}

),

entries as (

    select

        ---------- ids
        {{ derived_key('Clinic_Id__c', 'standard_price') }} as Clinic_Id__c,
        'standard' as Pricebook2Id,
        Clinic_Id__c as Product2Id,

        ---------- numerics
        cast(0 as decimal(18, 2)) as UnitPrice,

        ---------- booleans
        true as IsActive,

        ---------- timestamps
        Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        Source_Modified_At__c

    from products

)

select * from entries
