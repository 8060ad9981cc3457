{#
    A claim. Its name is the claim number, never the patient. `Amount` is not sent: Salesforce sums
    the lines, and what the claim's own total says beyond them is reported, not balanced.
#}
with

claims as (

    select * from {{ ref('int_clinic__claims') }}

),

settled as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity = 'claims' and excluded_reason is null

),

coverages as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity = 'coverages' and excluded_reason is null

),

payers as (

    select * from {{ ref('int_payers_deduplicated') }}

),

providers as (

    select * from {{ ref('int_providers_matched_to_owners') }}

),

stages as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'claim_stage'

),

outcomes as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'claim_outcome'

),

dated as (

    select
        claim_key,
        coalesce(claim_number, source_id) as claim_name,
        {{ claim_date() }} as close_date

    from claims

),

opportunities as (

    select

        ---------- ids
        claims.claim_key as Clinic_Id__c,
        settled.household_key as AccountId,
        settled.patient_key as Patient__c,
        payers.survivor_payer_key as Payer__c,
        providers.provider_key as Provider__c,
        coverages.record_key as Insurance_Coverage__c,
        coalesce(providers.owner_email, settled.owner_email) as OwnerId,
        'Claim' as RecordTypeId,
        'standard' as Pricebook2Id,

        ---------- strings
        {{ text_that_fits("'Claim ' || dated.claim_name", 120) }} as Name,
        coalesce(stages.salesforce_value, 'Value Proposition') as StageName,
        {{ text_if_it_fits('claims.claim_number', 255) }} as Claim_Number__c,
        {{ text_if_it_fits('claims.claim_type', 255) }} as Claim_Type__c,
        {{ text_if_it_fits('coalesce(claims.raw_status, claims.status_code)', 255) }}
            as Claim_Status__c,
        outcomes.salesforce_value as Claim_Outcome__c,
        {{ text_if_it_fits('claims.status_code', 255) }} as Claim_Outcome_Source_Code__c,
        {{ long_text('claims.denial_reason') }} as Denial_Reason__c,
        {{ long_text('claims.diagnosis_codes') }} as Diagnosis_Codes__c,
        {{ overflowing_text({
            'Claim Number': ['claims.claim_number', 112],
            'Denial Reason': ['claims.denial_reason', none],
            'Diagnosis Codes': ['claims.diagnosis_codes', none],
            'Claim Type': ['claims.claim_type', 255],
            'Claim Status': ['coalesce(claims.raw_status, claims.status_code)', 255],
            'Claim Outcome': ['claims.status_code', 255],
        }) }} as Overflow_Text__c,

        ---------- numerics
        claims.total_charge as Total_Charge__c,
        claims.paid_amount as Paid_Amount__c,
        claims.patient_responsibility as Patient_Responsibility__c,

        ---------- dates
        dated.close_date as CloseDate,
        claims.submitted_date as Submitted_Date__c,
        claims.service_start_date as Service_Start_Date__c,
        claims.service_end_date as Service_End_Date__c,

        ---------- timestamps
        claims.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        {{ custom_field_columns(
            'claims.custom_fields', after='claims.modified_at as Source_Modified_At__c'
        ) }}

    from claims

    inner join settled on claims.claim_key = settled.record_key

    inner join dated on claims.claim_key = dated.claim_key

    left join coverages on claims.coverage_key = coverages.record_key

    left join payers on claims.payer_key = payers.payer_key

    left join providers on claims.provider_key = providers.provider_key

    left join stages
        on
            claims.source_system = stages.source_system
            and claims.status_code = stages.source_value

    left join outcomes
        on
            claims.source_system = outcomes.source_system
            and claims.status_code = outcomes.source_value

)

select * from opportunities
