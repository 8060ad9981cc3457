{#
    Patient in the clinic contract's columns. A merged chart (`replaced-by`) stays a row here and
    names its survivor: nothing is dropped before the merge step.
#}
with

patients as (

    select * from {{ ref('stg_fhir__patients') }}

),

names as (

    select * from {{ ref('int_fhir__names_chosen') }}
    where resource_type = 'Patient'

),

contact_points as (

    select * from {{ ref('int_fhir__contact_points_chosen') }}
    where resource_type = 'Patient'

),

addresses as (

    select * from {{ ref('int_fhir__addresses_chosen') }}
    where resource_type = 'Patient'

),

identifiers as (

    select * from {{ ref('int_fhir__identifiers_chosen') }}
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

survivors as (

    select
        source_system,
        patient_id,
        {# Two survivors for one chart would be a contradiction: the first stated one counts. #}
        min_by({{ fhir_reference_id('other_reference', 'Patient') }}, ordinal) as survivor_id
    from {{ ref('stg_fhir__patients__links') }}
    where link_type = 'replaced-by'
    group by source_system, patient_id

),

tags as (

    select
        source_system,
        patient_id,
        bool_or(tag_code = 'test-patient') as is_test,
        bool_or(tag_code = 'do-not-migrate') as is_do_not_migrate
    from {{ ref('stg_fhir__patients__tags') }}
    group by source_system, patient_id

),

shaped as (

    select
        {{ clinic_key('patients.source_system', 'patient', 'patients.patient_id') }} as patient_key,
        patients.source_system,
        patients.patient_id as source_id,
        identifiers.mrn,
        names.name_prefix,
        names.given_name,
        names.middle_name,
        names.family_name,
        names.name_suffix,
        names.preferred_name,
        names.name_text,
        patients.gender_code,
        patients.birth_date,
        patients.deceased_date,
        coalesce(patients.is_deceased, patients.deceased_at_text is not null) as is_deceased,
        patients.marital_status_code,
        patients.language_code,
        contact_points.email,
        contact_points.home_phone,
        contact_points.mobile_phone,
        contact_points.work_phone,
        addresses.street,
        addresses.city,
        addresses.state,
        addresses.postal_code,
        addresses.country,
        {{ clinic_key(
            'patients.source_system', 'provider', 'references_resolved.practitioner_id'
        ) }} as primary_provider_key,
        {{ clinic_key(
            'patients.source_system',
            'location',
            fhir_reference_id('extensions.home_location_reference', 'Location')
        ) }} as home_location_key,
        extensions.referral_source_name,
        {{ clinic_key('patients.source_system', 'patient', 'survivors.survivor_id') }}
            as merged_into_patient_key,
        {# FHIR: a chart without `active` is in use. #}
        coalesce(patients.is_active, true) as is_active,
        coalesce(tags.is_test, false) as is_test,
        coalesce(tags.is_do_not_migrate, false) as is_do_not_migrate,
        extensions.has_opted_out_of_email,
        extensions.has_opted_out_of_sms,
        extensions.has_opted_out_of_phone,
        extensions.has_opted_out_of_mail,
        custom_fields.custom_fields,
        extensions.created_at,
        patients.modified_at
    from patients
    left join names
        on
            patients.source_system = names.source_system
            and patients.patient_id = names.resource_id
    left join contact_points
        on
            patients.source_system = contact_points.source_system
            and patients.patient_id = contact_points.resource_id
    left join addresses
        on
            patients.source_system = addresses.source_system
            and patients.patient_id = addresses.resource_id
    left join identifiers
        on
            patients.source_system = identifiers.source_system
            and patients.patient_id = identifiers.resource_id
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
    left join survivors
        on
            patients.source_system = survivors.source_system
            and patients.patient_id = survivors.patient_id
    left join tags
        on
            patients.source_system = tags.source_system
            and patients.patient_id = tags.patient_id

)

select * from shaped
