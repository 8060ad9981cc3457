{# Someone who answers for bills and is no patient, so that there is no Contact for them. #}
with

guarantors as (

    select * from {{ ref('int_clinic__guarantors') }}

),

settled as (

    select * from {{ ref('int_guarantors_settled') }}

    where excluded_reason is null

),

households as (

    select * from {{ ref('int_patients_grouped_into_households') }}

),

owners as (

    select * from {{ ref('int_patients_owned') }}

),

relationships as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'guarantor_relationship'

),

salesforce_guarantors as (

    select

        ---------- ids
        guarantors.guarantor_key as Clinic_Id__c,
        owners.owner_email as OwnerId,
        households.patient_key as Patient__c,
        coalesce(settled.household_key, households.household_key) as Account__c,

        ---------- strings
        {{ text_if_it_fits('guarantors.given_name', 255) }} as First_Name__c,
        {{ text_that_fits(
            'coalesce(guarantors.family_name, guarantors.given_name, guarantors.name_text)', 255
        ) }} as Last_Name__c,
        relationships.salesforce_value as Relationship__c,
        {{ text_if_it_fits('guarantors.relationship_code', 255) }} as Relationship_Source_Code__c,
        {{ email_if_valid('guarantors.email') }} as Email__c,
        {{ phone_if_valid('guarantors.phone') }} as Phone__c,
        {{ text_if_it_fits('guarantors.street', 255) }} as Street__c,
        {{ text_if_it_fits('guarantors.city', 255) }} as City__c,
        {{ text_if_it_fits('guarantors.state', 255) }} as State__c,
        {{ text_if_it_fits('guarantors.postal_code', 255) }} as Postal_Code__c,
        {{ text_if_it_fits('guarantors.country', 255) }} as Country__c,
        {{ invalid_contact_details({'E-mail': 'guarantors.email'}, {'Phone': 'guarantors.phone'}) }}
            as Invalid_Contact_Details__c,
        {{ overflowing_text({
            'First Name': ['guarantors.given_name', 255],
            'Last Name': [
                'coalesce(guarantors.family_name, guarantors.given_name, guarantors.name_text)', 255
            ],
            'Relationship': ['guarantors.relationship_code', 255],
            'Street': ['guarantors.street', 255],
            'City': ['guarantors.city', 255],
            'State': ['guarantors.state', 255],
            'Postal Code': ['guarantors.postal_code', 255],
            'Country': ['guarantors.country', 255],
        }) }} as Overflow_Text__c,

        ---------- dates
        guarantors.birth_date as Birth_Date__c,

        ---------- timestamps
        guarantors.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        guarantors.modified_at as Source_Modified_At__c

    from guarantors

    inner join settled on guarantors.guarantor_key = settled.record_key

    left join households on settled.patient_key = households.patient_key

    left join owners on households.patient_key = owners.patient_key

    left join relationships
        on
            guarantors.source_system = relationships.source_system
            and guarantors.relationship_code = relationships.source_value

)

select * from salesforce_guarantors
