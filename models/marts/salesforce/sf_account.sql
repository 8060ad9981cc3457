{#
    Three kinds of Account: the household of patients, the payer, the place of the clinic. A payer
    that is listed twice is one Account.
#}
with

households as (

    select * from {{ ref('int_accounts_of_households') }}

),

payers as (

    select * from {{ ref('int_accounts_of_payers') }}

),

locations as (

    select * from {{ ref('int_accounts_of_locations') }}

),

united as (

    select * from households

    union all

    select * from payers

    union all

    select * from locations

),

accounts as (

    select

        ---------- ids
        account_key as Clinic_Id__c,
        account_type as RecordTypeId,
        owner_email as OwnerId,

        ---------- strings
        {{ text_that_fits('account_name', 255) }} as Name,
        account_type as Type,
        {{ text_if_it_fits('payer_id', 255) }} as Payer_Id__c,
        {{ phone_if_valid('phone') }} as Phone,
        {{ email_if_valid('email') }} as Email__c,
        {{ text_if_it_fits('street', 255) }} as BillingStreet,
        {{ text_if_it_fits('city', 40) }} as BillingCity,
        {{ text_if_it_fits('state', 80) }} as BillingState,
        {{ text_if_it_fits('postal_code', 20) }} as BillingPostalCode,
        {{ text_if_it_fits('country', 80) }} as BillingCountry,
        time_zone as Time_Zone__c,
        {{ invalid_contact_details({'E-mail': 'email'}, {'Phone': 'phone'}) }}
            as Invalid_Contact_Details__c,
        {{ overflowing_text({
            'Account Name': ['account_name', 255],
            'Payer Id': ['payer_id', 255],
            'Billing Street': ['street', 255],
            'Billing City': ['city', 40],
            'Billing State': ['state', 80],
            'Billing Zip': ['postal_code', 20],
            'Billing Country': ['country', 80],
        }) }} as Overflow_Text__c,

        ---------- booleans
        is_active as Is_Active__c,

        ---------- timestamps
        created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        {{ custom_field_columns(
            'custom_fields', after='modified_at as Source_Modified_At__c'
        ) }}

    from united

)

select * from accounts
