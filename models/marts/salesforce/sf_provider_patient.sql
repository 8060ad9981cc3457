{# Who looks after whom, where both are loaded; links of merged charts fall together. #}
with

provider_patients as (

    select * from {{ ref('int_clinic__provider_patients') }}

),

providers as (

    select * from {{ ref('int_providers_matched_to_owners') }}

),

resolved as (

    select * from {{ ref('int_patients_resolved') }}

    where excluded_reason is null

),

households as (

    select * from {{ ref('int_patients_grouped_into_households') }}

),

roles as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'patient_role'

),

linked as (

    select
        provider_patients.provider_patient_key,
        provider_patients.created_at,
        provider_patients.modified_at,
        providers.provider_key,
        providers.owner_email,
        households.patient_key,
        households.household_key,
        roles.salesforce_value as patient_role,
        row_number() over (
            partition by providers.provider_key, households.patient_key
            order by
                roles.salesforce_value = 'Primary' desc,
                provider_patients.provider_patient_key asc
        ) as link_number

    from provider_patients

    inner join providers on provider_patients.provider_key = providers.provider_key

    inner join resolved on provider_patients.patient_key = resolved.patient_key

    inner join households on resolved.survivor_patient_key = households.patient_key

    left join roles
        on
            provider_patients.source_system = roles.source_system
            and provider_patients.role = roles.source_value

),

salesforce_links as (

    select

        ---------- ids
        provider_patient_key as Clinic_Id__c,
        owner_email as OwnerId,
        provider_key as Provider__c,
        patient_key as Patient__c,
        household_key as Account__c,

        ---------- strings
        patient_role as Role__c,

        ---------- timestamps
        created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        modified_at as Source_Modified_At__c

    from linked

    where link_number = 1

)

select * from salesforce_links
