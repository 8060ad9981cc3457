{#
    One insurance of one person. The rank decides Primary, Secondary, Tertiary; a payer listed twice
    is the one that stays, and a payer that does not exist is left empty and flagged.
#}
with

coverages as (

    select * from {{ ref('int_clinic__coverages') }}

),

settled as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity = 'coverages' and excluded_reason is null

),

ranks as (

    select * from {{ ref('int_coverages_ranked') }}

),

payers as (

    select * from {{ ref('int_payers_deduplicated') }}

),

subscribers as (

    select * from {{ ref('int_patients_resolved') }}

    where excluded_reason is null

),

statuses as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'coverage_status'

),

relationships as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'subscriber_relationship'

),

salesforce_coverages as (

    select

        ---------- ids
        coverages.coverage_key as Clinic_Id__c,
        settled.owner_email as OwnerId,
        settled.household_key as Patient_Account__c,
        settled.patient_key as Patient__c,
        payers.survivor_payer_key as Payer__c,
        subscribers.survivor_patient_key as Subscriber__c,

        ---------- strings
        case ranks.coverage_rank
            when 1 then 'Primary'
            when 2 then 'Secondary'
            when 3 then 'Tertiary'
            else 'Other'
        end as Coverage_Type__c,
        {{ text_if_it_fits('coverages.member_id', 255) }} as Member_ID__c,
        {{ text_if_it_fits('coverages.group_number', 255) }} as Group_Number__c,
        {{ text_if_it_fits('coverages.plan_name', 255) }} as Plan_Name__c,
        {{ text_if_it_fits('coverages.coverage_type', 255) }} as Insurance_Kind__c,
        {{ text_if_it_fits('coverages.subscriber_name', 255) }} as Subscriber_Name__c,
        relationships.salesforce_value as Subscriber_Relationship__c,
        {{ text_if_it_fits('coverages.relationship_code', 255) }} as Relationship_Source_Code__c,
        statuses.salesforce_value as Status__c,
        {{ text_if_it_fits('coverages.status_code', 255) }} as Status_Source_Code__c,
        {{ overflowing_text({
            'Member ID': ['coverages.member_id', 255],
            'Group Number': ['coverages.group_number', 255],
            'Plan Name': ['coverages.plan_name', 255],
            'Insurance Kind': ['coverages.coverage_type', 255],
            'Subscriber Name': ['coverages.subscriber_name', 255],
            'Subscriber Relationship': ['coverages.relationship_code', 255],
            'Status': ['coverages.status_code', 255],
        }) }} as Overflow_Text__c,

        ---------- numerics
        ranks.coverage_rank as Coverage_Rank__c,

        ---------- dates
        coverages.effective_date as Effective_Date__c,
        coverages.termination_date as Termination_Date__c,

        ---------- timestamps
        coverages.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        coverages.modified_at as Source_Modified_At__c

    from coverages

    inner join settled on coverages.coverage_key = settled.record_key

    inner join ranks on coverages.coverage_key = ranks.coverage_key

    left join payers on coverages.payer_key = payers.payer_key

    left join subscribers on coverages.subscriber_patient_key = subscribers.patient_key

    left join statuses
        on
            coverages.source_system = statuses.source_system
            and coverages.status_code = statuses.source_value

    left join relationships
        on
            coverages.source_system = relationships.source_system
            and coverages.relationship_code = relationships.source_value

)

select * from salesforce_coverages
