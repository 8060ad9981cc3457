{#
    When a patient is to come again: what was last done, and after how long the next one is due.
#}
with

recalls as (

    select * from {{ ref('int_clinic__recalls') }}

),

settled as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity = 'recalls' and excluded_reason is null

),

providers as (

    select * from {{ ref('int_providers_matched_to_owners') }}

),

schedules as (

    select * from {{ ref('int_recalls_scheduled') }}

),

units as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'recall_interval_unit'

),

statuses as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'request_status'

),

salesforce_recalls as (

    select

        ---------- ids
        recalls.recall_key as Clinic_Id__c,
        coalesce(providers.owner_email, settled.owner_email) as OwnerId,
        settled.patient_key as Patient__c,
        settled.household_key as Account__c,
        providers.provider_key as Provider__c,

        ---------- strings
        {{ text_if_it_fits('recalls.recall_type', 255) }} as Recall_Type__c,
        units.salesforce_value as Interval_Unit__c,
        {{ text_if_it_fits('recalls.interval_unit', 255) }} as Interval_Unit_Source_Code__c,
        statuses.salesforce_value as Status__c,
        {{ text_if_it_fits('recalls.status_code', 255) }} as Status_Source_Code__c,
        {{ long_text('recalls.note') }} as Note__c,
        {{ overflowing_text({
            'Note': ['recalls.note', none],
            'Recall Type': ['recalls.recall_type', 255],
            'Interval Unit': ['recalls.interval_unit', 255],
            'Status': ['recalls.status_code', 255],
        }) }} as Overflow_Text__c,

        ---------- numerics
        recalls.interval_count as Interval__c,

        ---------- dates
        recalls.last_recall_date as Last_Recall_Date__c,
        schedules.next_due_date as Next_Due_Date__c,

        ---------- timestamps
        recalls.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        recalls.modified_at as Source_Modified_At__c

    from recalls

    inner join settled on recalls.recall_key = settled.record_key

    left join schedules on recalls.recall_key = schedules.recall_key

    left join providers on recalls.provider_key = providers.provider_key

    left join units
        on
            recalls.source_system = units.source_system
            and recalls.interval_unit = units.source_value

    left join statuses
        on
            recalls.source_system = statuses.source_system
            and recalls.status_code = statuses.source_value

)

select * from salesforce_recalls
