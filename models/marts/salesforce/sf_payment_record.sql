{#
    Charges, payments and balances side by side, each as the source's ledger has it: nothing is netted.
    A payment of a claim that is loaded is linked to it.
#}
with

ledger_entries as (

    select * from {{ ref('int_clinic__ledger_entries') }}

),

settled as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity = 'ledger_entries' and excluded_reason is null

),

claims as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity = 'claims' and excluded_reason is null

),

entry_types as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'ledger_entry_type'

),

methods as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'payment_method'

),

statuses as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'ledger_status'

),

salesforce_payments as (

    select

        ---------- ids
        ledger_entries.ledger_entry_key as Clinic_Id__c,
        settled.owner_email as OwnerId,
        settled.patient_key as Patient__c,
        settled.household_key as Account__c,
        claims.record_key as Claim__c,

        ---------- strings
        entry_types.salesforce_value as Entry_Type__c,
        methods.salesforce_value as Payment_Method__c,
        {{ text_if_it_fits('ledger_entries.method_code', 255) }} as Method_Source_Code__c,
        statuses.salesforce_value as Status__c,
        {{ text_if_it_fits('ledger_entries.status_code', 255) }} as Status_Source_Code__c,
        {{ text_if_it_fits('ledger_entries.currency', 255) }} as Currency_Code__c,
        {{ text_if_it_fits('ledger_entries.reference_number', 255) }} as Reference_Number__c,
        {{ text_if_it_fits('ledger_entries.description', 255) }} as Description__c,
        {{ overflowing_text({
            'Payment Method': ['ledger_entries.method_code', 255],
            'Status': ['ledger_entries.status_code', 255],
            'Currency': ['ledger_entries.currency', 255],
            'Reference Number': ['ledger_entries.reference_number', 255],
            'Description': ['ledger_entries.description', 255],
        }) }} as Overflow_Text__c,

        ---------- numerics
        ledger_entries.amount as Amount__c,

        ---------- dates
        ledger_entries.entry_date as Entry_Date__c,

        ---------- timestamps
        ledger_entries.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        ledger_entries.modified_at as Source_Modified_At__c

    from ledger_entries

    inner join settled on ledger_entries.ledger_entry_key = settled.record_key

    left join claims on ledger_entries.claim_key = claims.record_key

    left join entry_types
        on
            ledger_entries.source_system = entry_types.source_system
            and ledger_entries.entry_type = entry_types.source_value

    left join methods
        on
            ledger_entries.source_system = methods.source_system
            and ledger_entries.method_code = methods.source_value

    left join statuses
        on
            ledger_entries.source_system = statuses.source_system
            and ledger_entries.status_code = statuses.source_value

)

select * from salesforce_payments
