{#
    One Contact per person: charts merged into another, or not to be loaded, are counted elsewhere.
    Opt-outs are set where the source states them; for the dead all are set. What was never stated
    reads `Not Stated`, and never as consent.
#}
with

patients as (

    select * from {{ ref('int_clinic__patients') }}

),

households as (

    select * from {{ ref('int_patients_grouped_into_households') }}

),

roles as (

    select * from {{ ref('int_household_roles_told') }}

),

owners as (

    select * from {{ ref('int_patients_owned') }}

),

locations as (

    select * from {{ ref('int_clinic__locations') }}

),

genders as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'gender'

),

marital_statuses as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'marital_status'

),

salutations as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'salutation'

),

named as (

    select
        patient_key,
        coalesce(family_name, given_name, name_text) as last_name,
        case when family_name is not null then given_name end as first_name,
        coalesce(is_deceased, false) or deceased_date is not null as is_dead

    from patients

),

contacts as (

    select

        ---------- ids
        patients.patient_key as Clinic_Id__c,
        households.household_key as AccountId,
        owners.owner_email as OwnerId,
        owners.primary_provider_key as Primary_Provider__c,
        locations.location_key as Home_Location__c,

        ---------- strings
        {{ text_if_it_fits('patients.mrn', 255) }} as MRN__c,
        roles.patient_record_type as Patient_Record_Type__c,
        salutations.salesforce_value as Salutation,
        {{ text_if_it_fits('patients.name_prefix', 255) }} as Name_Prefix__c,
        {{ text_if_it_fits('named.first_name', 40) }} as FirstName,
        {{ text_if_it_fits('patients.middle_name', 40) }} as MiddleName,
        {{ text_that_fits('named.last_name', 80) }} as LastName,
        {{ text_if_it_fits('patients.name_suffix', 40) }} as Suffix,
        {{ text_if_it_fits('patients.preferred_name', 255) }} as Preferred_Name__c,
        genders.salesforce_value as Gender__c,
        {{ text_if_it_fits('patients.gender_code', 255) }} as Gender_Source_Code__c,
        marital_statuses.salesforce_value as Marital_Status__c,
        {{ text_if_it_fits('patients.marital_status_code', 255) }} as Marital_Status_Source_Code__c,
        {{ text_if_it_fits('patients.language_code', 255) }} as Language__c,
        {{ email_if_valid('patients.email') }} as Email,
        {{ phone_if_valid('patients.work_phone') }} as Phone,
        {{ phone_if_valid('patients.mobile_phone') }} as MobilePhone,
        {{ phone_if_valid('patients.home_phone') }} as HomePhone,
        {{ text_if_it_fits('patients.street', 255) }} as MailingStreet,
        {{ text_if_it_fits('patients.city', 40) }} as MailingCity,
        {{ text_if_it_fits('patients.state', 80) }} as MailingState,
        {{ text_if_it_fits('patients.postal_code', 20) }} as MailingPostalCode,
        {{ text_if_it_fits('patients.country', 80) }} as MailingCountry,
        {{ text_if_it_fits('patients.referral_source_name', 255) }} as Referral_Source_Name__c,
        {{ consent('patients.has_opted_out_of_email', 'named.is_dead') }} as Email_Consent__c,
        {{ consent('patients.has_opted_out_of_sms', 'named.is_dead') }} as SMS_Consent__c,
        {{ consent('patients.has_opted_out_of_phone', 'named.is_dead') }} as Phone_Consent__c,
        {{ consent('patients.has_opted_out_of_mail', 'named.is_dead') }} as Mail_Consent__c,
        {{ invalid_contact_details(
            {'E-mail': 'patients.email'},
            {
                'Work phone': 'patients.work_phone',
                'Mobile phone': 'patients.mobile_phone',
                'Home phone': 'patients.home_phone',
            },
        ) }} as Invalid_Contact_Details__c,
        {{ overflowing_text(contact_text_lengths()) }} as Overflow_Text__c,

        ---------- booleans
        coalesce(patients.has_opted_out_of_email, false) or named.is_dead as HasOptedOutOfEmail,
        coalesce(patients.has_opted_out_of_phone, false) or named.is_dead as DoNotCall,
        named.is_dead as Deceased__c,
        coalesce(patients.is_active, true) as Is_Active__c,

        ---------- dates
        patients.birth_date as Birthdate,
        patients.deceased_date as Deceased_Date__c,

        ---------- timestamps
        patients.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        {{ custom_field_columns(
            'patients.custom_fields', after='patients.modified_at as Source_Modified_At__c'
        ) }}

    from patients

    inner join named on patients.patient_key = named.patient_key

    inner join households on patients.patient_key = households.patient_key

    left join roles on patients.patient_key = roles.patient_key

    left join owners on patients.patient_key = owners.patient_key

    left join locations on patients.home_location_key = locations.location_key

    left join genders
        on
            patients.source_system = genders.source_system
            and patients.gender_code = genders.source_value

    left join marital_statuses
        on
            patients.source_system = marital_statuses.source_system
            and patients.marital_status_code = marital_statuses.source_value

    left join salutations
        on
            patients.source_system = salutations.source_system
            and patients.name_prefix = salutations.source_value

)

select * from contacts
