{#
    Patient in the clinic contract's columns. A merged chart (`replaced-by`) stays a row here and
    names its survivor: nothing is dropped before the merge step.
#}
with

patients as (

    select * from {{ ref('stg_fhir__patients') }}

),

parties as (

    select * from {{ ref('int_fhir__parties_described') }}
    where resource_type = 'Patient'

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'Patient'

),

custom_fields as (

    select * from {{ ref('int_fhir__custom_fields_collected') }}
    where resource_type = 'Patient'

),

references_resolved as (

    select * from {{ ref('int_fhir__practitioner_references_resolved') }}

),

marks as (

    select * from {{ ref('int_fhir__charts_marked') }}

),

shaped as (

    select
        {{ clinic_key('patients.source_system', 'patient', 'patients.patient_id') }} as patient_key,
        patients.source_system,
        patients.patient_id as source_id,
        parties.mrn,
        parties.name_prefix,
        parties.given_name,
        parties.middle_name,
        parties.family_name,
        parties.name_suffix,
        parties.preferred_name,
        parties.name_text,
        patients.gender_code,
        patients.birth_date,
        patients.deceased_date,
        coalesce(patients.is_deceased, patients.deceased_at_text is not null) as is_deceased,
        patients.marital_status_code,
        patients.language_code,
        parties.email,
        parties.home_phone,
        parties.mobile_phone,
        parties.work_phone,
        parties.street,
        parties.city,
        parties.state,
        parties.postal_code,
        parties.country,
        {{ clinic_key(
            'patients.source_system', 'provider', 'references_resolved.practitioner_id'
        ) }} as primary_provider_key,
        {{ clinic_key(
            'patients.source_system',
            'location',
            fhir_reference_id('extensions.home_location_reference', 'Location')
        ) }} as home_location_key,
        extensions.referral_source_name,
        {{ clinic_key('patients.source_system', 'patient', 'marks.survivor_id') }}
            as merged_into_patient_key,
        coalesce(patients.is_active, true) as is_active,
        marks.is_test,
        marks.is_do_not_migrate,
        extensions.has_opted_out_of_email,
        extensions.has_opted_out_of_sms,
        extensions.has_opted_out_of_phone,
        extensions.has_opted_out_of_mail,
        custom_fields.custom_fields,
        extensions.created_at,
        patients.modified_at
    from patients
    inner join marks
        on
            patients.source_system = marks.source_system
            and patients.patient_id = marks.patient_id
    left join parties
        on
            patients.source_system = parties.source_system
            and patients.patient_id = parties.resource_id
    left join extensions
        on
            patients.source_system = extensions.source_system
            and patients.patient_id = extensions.resource_id
    left join custom_fields
        on
            patients.source_system = custom_fields.source_system
            and patients.patient_id = custom_fields.resource_id
    left join references_resolved
        on
            patients.source_system = references_resolved.source_system
            and patients.general_practitioner_reference = references_resolved.reference

)

select * from shaped
