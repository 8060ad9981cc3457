{#
    What a patient paid for and has not used up: `Quantity` is the units still owed. The standard Price
    field holds no cents, so the price stands in a field of our own.
#}
with

prepaid_items as (

    select * from {{ ref('int_clinic__prepaid_items') }}

),

settled as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity = 'prepaid_items' and excluded_reason is null

),

procedure_codes as (

    select * from {{ ref('int_clinic__procedure_codes') }}

),

statuses as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'asset_status'

),

assets as (

    select

        ---------- ids
        prepaid_items.prepaid_item_key as Clinic_Id__c,
        settled.household_key as AccountId,
        settled.patient_key as ContactId,
        settled.owner_email as OwnerId,
        procedure_codes.procedure_code_key as Product2Id,

        ---------- strings
        {{ text_that_fits("coalesce(prepaid_items.item_name, 'Prepaid item')", 255) }} as Name,
        coalesce(statuses.salesforce_value, 'Billable') as Status,
        {{ text_if_it_fits('prepaid_items.status_code', 255) }} as Status_Source_Code__c,
        {{ overflowing_text({
            'Asset Name': ['prepaid_items.item_name', 255],
            'Status': ['prepaid_items.status_code', 255],
        }) }} as Overflow_Text__c,

        ---------- numerics
        prepaid_items.units_owed as Quantity,
        prepaid_items.price as Source_Price__c,

        ---------- dates
        prepaid_items.purchased_date as PurchaseDate,

        ---------- timestamps
        prepaid_items.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        prepaid_items.modified_at as Source_Modified_At__c

    from prepaid_items

    inner join settled on prepaid_items.prepaid_item_key = settled.record_key

    left join procedure_codes
        on prepaid_items.procedure_code_key = procedure_codes.procedure_code_key

    left join statuses
        on
            prepaid_items.source_system = statuses.source_system
            and prepaid_items.status_code = statuses.source_value

)

select * from assets
