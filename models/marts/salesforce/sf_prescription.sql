{#
    A prescription as it was written. A prescriber who does not exist is left empty and flagged.
#}
with

prescriptions as (

    select * from {{ ref('int_clinic__prescriptions') }}

),

settled as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity = 'prescriptions' and excluded_reason is null

),

providers as (

    select * from {{ ref('int_providers_matched_to_owners') }}

),

statuses as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'prescription_status'

),

salesforce_prescriptions as (

    select

        ---------- ids
        prescriptions.prescription_key as Clinic_Id__c,
        coalesce(providers.owner_email, settled.owner_email) as OwnerId,
        settled.patient_key as Patient__c,
        settled.household_key as Account__c,
        providers.provider_key as Prescribing_Provider__c,

        ---------- strings
        {{ text_if_it_fits('prescriptions.medication_name', 255) }} as Medication_Name__c,
        {{ text_if_it_fits('prescriptions.dosage', 255) }} as Dosage__c,
        {{ text_if_it_fits('prescriptions.frequency', 255) }} as Frequency__c,
        {{ text_if_it_fits('prescriptions.rxnorm_code', 255) }} as RxNorm__c,
        statuses.salesforce_value as Status__c,
        {{ text_if_it_fits('prescriptions.status_code', 255) }} as Status_Source_Code__c,
        {{ long_text('prescriptions.note') }} as Note__c,
        {{ overflowing_text({
            'Note': ['prescriptions.note', none],
            'Medication Name': ['prescriptions.medication_name', 255],
            'Dosage': ['prescriptions.dosage', 255],
            'Frequency': ['prescriptions.frequency', 255],
            'RxNorm': ['prescriptions.rxnorm_code', 255],
            'Status': ['prescriptions.status_code', 255],
        }) }} as Overflow_Text__c,

        ---------- numerics
        prescriptions.quantity as Quantity__c,
        prescriptions.refills as Refills__c,

        ---------- dates
        prescriptions.issued_date as Issued_Date__c,

        ---------- timestamps
        prescriptions.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        prescriptions.modified_at as Source_Modified_At__c

    from prescriptions

    inner join settled on prescriptions.prescription_key = settled.record_key

    left join providers on prescriptions.provider_key = providers.provider_key

    left join statuses
        on
            prescriptions.source_system = statuses.source_system
            and prescriptions.status_code = statuses.source_value

)

select * from salesforce_prescriptions
