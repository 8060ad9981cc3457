{#
    Every provider is a record of its own, whether or not a User stands behind it: the e-mail
    address finds the User, and where it finds none the provider stays as it is.
#}
with

providers as (

    select * from {{ ref('int_clinic__providers') }}

),

owners as (

    select * from {{ ref('int_providers_matched_to_owners') }}

),

genders as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'gender'

),

salesforce_providers as (

    select

        ---------- ids
        providers.provider_key as Clinic_Id__c,
        owners.owner_email as OwnerId,
        owners.owner_email as User__c,

        ---------- strings
        {{ text_if_it_fits('providers.npi', 255) }} as NPI__c,
        {{ text_if_it_fits('providers.name_prefix', 255) }} as Name_Prefix__c,
        {{ text_if_it_fits('providers.given_name', 255) }} as First_Name__c,
        {{ text_if_it_fits('providers.family_name', 255) }} as Last_Name__c,
        {{ text_if_it_fits('providers.name_suffix', 255) }} as Name_Suffix__c,
        {{ text_if_it_fits('providers.credential', 255) }} as Credential__c,
        {{ text_if_it_fits('providers.license_number', 255) }} as License_Number__c,
        {{ text_if_it_fits('providers.license_state', 255) }} as License_State__c,
        {{ text_if_it_fits('providers.specialty', 255) }} as Specialty__c,
        genders.salesforce_value as Gender__c,
        {{ email_if_valid('providers.email') }} as Email__c,
        {{ phone_if_valid('providers.phone') }} as Phone__c,
        {{ invalid_contact_details({'E-mail': 'providers.email'}, {'Phone': 'providers.phone'}) }}
            as Invalid_Contact_Details__c,
        {{ overflowing_text({
            'NPI': ['providers.npi', 255],
            'Name Prefix': ['providers.name_prefix', 255],
            'First Name': ['providers.given_name', 255],
            'Last Name': ['providers.family_name', 255],
            'Name Suffix': ['providers.name_suffix', 255],
            'Credential': ['providers.credential', 255],
            'License Number': ['providers.license_number', 255],
            'License State': ['providers.license_state', 255],
            'Specialty': ['providers.specialty', 255],
        }) }} as Overflow_Text__c,

        ---------- booleans
        coalesce(providers.is_active, true) as Is_Active__c,
        coalesce(providers.is_crm_user, false) as Is_CRM_User__c,
        coalesce(providers.is_external, false) as Is_External__c,

        ---------- timestamps
        providers.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        {{ custom_field_columns(
            'providers.custom_fields', after='providers.modified_at as Source_Modified_At__c'
        ) }}

    from providers

    left join owners on providers.provider_key = owners.provider_key

    left join genders
        on
            providers.source_system = genders.source_system
            and providers.gender_code = genders.source_value

)

select * from salesforce_providers
