{#
    A result keeps the laboratory's own text (`1.00`, `<0.5`); the number beside it is for sorting.
    Abnormal is what the source says, else what the interpretation says; silence is not abnormal.
#}
with

lab_results as (

    select * from {{ ref('int_clinic__lab_results') }}

),

settled as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity = 'lab_results' and excluded_reason is null

),

providers as (

    select * from {{ ref('int_providers_matched_to_owners') }}

),

statuses as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'lab_status'

),

interpretations as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'lab_interpretation'

),

salesforce_results as (

    select

        ---------- ids
        lab_results.lab_result_key as Clinic_Id__c,
        coalesce(providers.owner_email, settled.owner_email) as OwnerId,
        settled.patient_key as Patient__c,
        settled.household_key as Account__c,
        providers.provider_key as Provider__c,

        ---------- strings
        {{ text_if_it_fits('lab_results.test_name', 255) }} as Test_Name__c,
        {{ text_if_it_fits('lab_results.loinc_code', 255) }} as LOINC__c,
        {{ long_text('lab_results.result_text') }} as Result_Value__c,
        {{ text_if_it_fits('lab_results.comparator', 255) }} as Comparator__c,
        {{ text_if_it_fits('lab_results.unit', 255) }} as Unit__c,
        {{ text_if_it_fits('lab_results.reference_range', 255) }} as Reference_Range__c,
        interpretations.salesforce_value as Interpretation__c,
        {{ text_if_it_fits('lab_results.interpretation_code', 255) }}
            as Interpretation_Source_Code__c,
        statuses.salesforce_value as Status__c,
        {{ text_if_it_fits('lab_results.status_code', 255) }} as Status_Source_Code__c,
        {{ overflowing_text({
            'Result Value': ['lab_results.result_text', none],
            'Test Name': ['lab_results.test_name', 255],
            'LOINC': ['lab_results.loinc_code', 255],
            'Unit': ['lab_results.unit', 255],
            'Comparator': ['lab_results.comparator', 255],
            'Reference Range': ['lab_results.reference_range', 255],
            'Interpretation': ['lab_results.interpretation_code', 255],
            'Status': ['lab_results.status_code', 255],
        }) }} as Overflow_Text__c,

        ---------- numerics
        case
            when abs(lab_results.result_number) < 100000000000
                then cast(lab_results.result_number as decimal(18, 7))
        end as Result_Number__c,

        ---------- booleans
        coalesce(
            lab_results.is_abnormal,
            interpretations.salesforce_value
            not in ('Normal', 'Negative', 'Other', 'Indeterminate'),
            false
        ) as Is_Abnormal__c,

        ---------- dates
        lab_results.ordered_date as Ordered_Date__c,
        lab_results.resulted_date as Resulted_Date__c,

        ---------- timestamps
        lab_results.resulted_at as Resulted_At__c,
        lab_results.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        lab_results.modified_at as Source_Modified_At__c

    from lab_results

    inner join settled on lab_results.lab_result_key = settled.record_key

    left join providers on lab_results.provider_key = providers.provider_key

    left join statuses
        on
            lab_results.source_system = statuses.source_system
            and lab_results.status_code = statuses.source_value

    left join interpretations
        on
            lab_results.source_system = interpretations.source_system
            and lab_results.interpretation_code = interpretations.source_value

)

select * from salesforce_results
