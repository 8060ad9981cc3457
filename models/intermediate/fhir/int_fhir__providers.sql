{#
    Practitioners in the clinic contract's columns. Whoever only refers patients is a referral
    source and not here; an outsider whom a clinical record names stays, marked external.
    A source without a single PractitionerRole (Synthea) does not say who is an outsider: nobody is.
#}
with

practitioners as (

    select * from {{ ref('stg_fhir__practitioners') }}

),

parties as (

    select * from {{ ref('int_fhir__parties_described') }}
    where resource_type = 'Practitioner'

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'Practitioner'

),

custom_fields as (

    select * from {{ ref('int_fhir__custom_fields_collected') }}
    where resource_type = 'Practitioner'

),

qualifications as (

    select
        source_system,
        practitioner_id,
        credential,
        license_number,
        license_state,
        {# A license's number and its state belong together: both are of one qualification. #}
        row_number() over (
            partition by source_system, practitioner_id
            order by license_number is null, ordinal
        ) as preference
    from {{ ref('stg_fhir__practitioners__qualifications') }}

),

standings as (

    select * from {{ ref('int_fhir__practitioners_told_apart') }}

),

shaped as (

    select
        {{ clinic_key(
            'practitioners.source_system', 'provider', 'practitioners.practitioner_id'
        ) }} as provider_key,
        practitioners.source_system,
        practitioners.practitioner_id as source_id,
        parties.npi,
        parties.name_prefix,
        parties.given_name,
        coalesce(parties.family_name, parties.name_text) as family_name,
        parties.name_suffix,
        qualifications.credential,
        qualifications.license_number,
        qualifications.license_state,
        standings.specialty,
        parties.email,
        coalesce(parties.work_phone, parties.mobile_phone, parties.home_phone)
            as phone,
        practitioners.gender_code,
        coalesce(practitioners.is_active, true) as is_active,
        standings.is_crm_user,
        standings.is_external,
        custom_fields.custom_fields,
        extensions.created_at,
        practitioners.modified_at
    from practitioners
    inner join standings
        on
            practitioners.source_system = standings.source_system
            and practitioners.practitioner_id = standings.practitioner_id
            and standings.is_provider
    left join parties
        on
            practitioners.source_system = parties.source_system
            and practitioners.practitioner_id = parties.resource_id
    left join extensions
        on
            practitioners.source_system = extensions.source_system
            and practitioners.practitioner_id = extensions.resource_id
    left join custom_fields
        on
            practitioners.source_system = custom_fields.source_system
            and practitioners.practitioner_id = custom_fields.resource_id
    left join qualifications
        on
            practitioners.source_system = qualifications.source_system
            and practitioners.practitioner_id = qualifications.practitioner_id
            and qualifications.preference = 1

)

select * from shaped
