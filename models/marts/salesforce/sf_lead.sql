{#
    Who sends patients. Never converted: that cannot be undone. A Lead needs a company and a last
    name; a practice stands in for the name of its people, and a person for their company.
#}
with

referral_sources as (

    select * from {{ ref('int_clinic__referral_sources') }}

),

settled as (

    select * from {{ ref('int_records_settled') }}

    where entity = 'referral_sources' and excluded_reason is null

),

lead_sources as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'lead_source'

),

named as (

    select
        referral_source_key,
        coalesce(family_name, given_name, company) as last_name,
        case when family_name is not null then given_name end as first_name,
        coalesce(company, concat_ws(' ', given_name, family_name)) as company

    from referral_sources

),

leads as (

    select

        ---------- ids
        referral_sources.referral_source_key as Clinic_Id__c,
        cast(null as string) as OwnerId,

        ---------- strings
        {{ text_if_it_fits('named.first_name', 40) }} as FirstName,
        {{ text_that_fits('named.last_name', 80) }} as LastName,
        {{ text_that_fits('named.company', 255) }} as Company,
        'Open - Not Contacted' as Status,
        lead_sources.salesforce_value as LeadSource,
        {{ text_if_it_fits('referral_sources.source_type', 255) }} as Source_Type__c,
        {{ text_if_it_fits('referral_sources.npi', 255) }} as NPI__c,
        {{ email_if_valid('referral_sources.email') }} as Email,
        {{ phone_if_valid('referral_sources.phone') }} as Phone,
        {{ text_if_it_fits('referral_sources.street', 255) }} as Street,
        {{ text_if_it_fits('referral_sources.city', 40) }} as City,
        {{ text_if_it_fits('referral_sources.state', 80) }} as State,
        {{ text_if_it_fits('referral_sources.postal_code', 20) }} as PostalCode,
        {{ text_if_it_fits('referral_sources.country', 80) }} as Country,
        {{ invalid_contact_details(
            {'E-mail': 'referral_sources.email'}, {'Phone': 'referral_sources.phone'}
        ) }} as Invalid_Contact_Details__c,
        {{ overflowing_text({
            'First Name': ['named.first_name', 40],
            'Last Name': ['named.last_name', 80],
            'Company': ['named.company', 255],
            'Source Type': ['referral_sources.source_type', 255],
            'NPI': ['referral_sources.npi', 255],
            'Street': ['referral_sources.street', 255],
            'City': ['referral_sources.city', 40],
            'State': ['referral_sources.state', 80],
            'Zip': ['referral_sources.postal_code', 20],
            'Country': ['referral_sources.country', 80],
        }) }} as Overflow_Text__c,

        ---------- timestamps
        referral_sources.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        referral_sources.modified_at as Source_Modified_At__c

    from referral_sources

    inner join settled on referral_sources.referral_source_key = settled.record_key

    inner join named on referral_sources.referral_source_key = named.referral_source_key

    left join lead_sources
        on
            referral_sources.source_system = lead_sources.source_system
            and referral_sources.source_type = lead_sources.source_value

)

select * from leads
