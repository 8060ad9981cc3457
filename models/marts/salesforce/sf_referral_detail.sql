{#
    One patient sent by one source: linked to the Lead and, where the person referred is a patient,
    to the person and the household.
#}
with

referrals as (

    select * from {{ ref('int_clinic__referrals') }}

),

settled as (

    select * from {{ ref('int_referrals_settled') }}

    where excluded_reason is null

),

referral_sources as (

    select * from {{ ref('int_records_settled') }}

    where entity = 'referral_sources' and excluded_reason is null

),

statuses as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'request_status'

),

salesforce_referrals as (

    select

        ---------- ids
        referrals.referral_key as Clinic_Id__c,
        settled.owner_email as OwnerId,
        referral_sources.record_key as Lead__c,
        settled.patient_key as Patient__c,
        settled.household_key as Account__c,

        ---------- strings
        {{ text_if_it_fits('referrals.relationship_type', 255) }} as Relationship_Type__c,
        {{ text_if_it_fits('referrals.referral_reason', 255) }} as Referral_Reason__c,
        statuses.salesforce_value as Status__c,
        {{ text_if_it_fits('referrals.status_code', 255) }} as Status_Source_Code__c,
        {{ overflowing_text({
            'Relationship Type': ['referrals.relationship_type', 255],
            'Referral Reason': ['referrals.referral_reason', 255],
            'Status': ['referrals.status_code', 255],
        }) }} as Overflow_Text__c,

        ---------- numerics
        referrals.referral_volume as Referral_Volume__c,

        ---------- dates
        referrals.referral_date as Referral_Date__c,

        ---------- timestamps
        referrals.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        referrals.modified_at as Source_Modified_At__c

    from referrals

    inner join settled on referrals.referral_key = settled.record_key

    left join referral_sources on referrals.referral_source_key = referral_sources.record_key

    left join statuses
        on
            referrals.source_system = statuses.source_system
            and referrals.status_code = statuses.source_value

)

select * from salesforce_referrals
