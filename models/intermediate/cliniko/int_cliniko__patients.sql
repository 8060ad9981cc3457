{#
    Charts in the clinic contract's columns, archived ones as well. A chart that was merged names
    the one that stands for it. Cliniko has no mark for a test patient nor for one who died. Who
    wants no reminder of a kind, or declined its marketing, has opted out of it.
#}
with

patients as (

    select * from {{ ref('stg_cliniko__patients') }}

),

phones as (

    select
        source_system,
        patient_id,
        min_by(case when phone_type = 'Home' then phone end, ordinal) as home_phone,
        min_by(case when phone_type = 'Mobile' then phone end, ordinal) as mobile_phone,
        min_by(case when phone_type = 'Work' then phone end, ordinal) as work_phone
    from {{ ref('stg_cliniko__patients__phones') }}
    group by source_system, patient_id

),

custom_fields as (

    select
        source_system,
        patient_id,
        '{' || string_agg(
            {{ json_string('field_name') }} || ':' || {{ json_string('field_value') }},
            ',' order by field_name
        ) || '}' as custom_fields
    from {{ ref('int_cliniko__custom_field_values') }}
    group by source_system, patient_id

),

sexes as (

    select * from {{ ref('cliniko_codes') }}
    where list_id = 'sex'

),

shaped as (

    select
        {{ clinic_key('patients.source_system', 'patient', 'patients.patient_id') }} as patient_key,
        patients.source_system,
        patients.patient_id as source_id,
        patients.patient_id as mrn,
        patients.name_prefix,
        patients.given_name,
        cast(null as varchar) as middle_name,
        patients.family_name,
        cast(null as varchar) as name_suffix,
        patients.preferred_name,
        nullif(concat_ws(' ', patients.given_name, patients.family_name), '') as name_text,
        coalesce(sexes.code, patients.sex, patients.gender_identity, patients.gender)
            as gender_code,
        patients.birth_date,
        cast(null as date) as deceased_date,
        false as is_deceased,
        cast(null as varchar) as marital_status_code,
        cast(null as varchar) as language_code,
        patients.email,
        phones.home_phone,
        phones.mobile_phone,
        phones.work_phone,
        nullif(
            concat_ws(
                chr(10), patients.street_line_1, patients.street_line_2, patients.street_line_3
            ),
            ''
        ) as street,
        patients.city,
        patients.state,
        patients.postal_code,
        patients.country,
        cast(null as varchar) as primary_provider_key,
        cast(null as varchar) as home_location_key,
        patients.referral_source as referral_source_name,
        {{ clinic_key('patients.source_system', 'patient', 'patients.merged_with_patient_id') }}
            as merged_into_patient_key,
        patients.archived_at is null as is_active,
        false as is_test,
        false as is_do_not_migrate,
        coalesce(
            patients.reminder_type = 'None'
            or patients.accepted_email_marketing = 'false'
            or patients.receives_confirmation_emails = 'false',
            false
        ) as has_opted_out_of_email,
        coalesce(
            patients.reminder_type = 'None' or patients.accepted_sms_marketing = 'false', false
        ) as has_opted_out_of_sms,
        false as has_opted_out_of_phone,
        false as has_opted_out_of_mail,
        custom_fields.custom_fields,
        patients.created_at,
        patients.modified_at
    from patients
    left join phones
        on
            patients.source_system = phones.source_system
            and patients.patient_id = phones.patient_id
    left join custom_fields
        on
            patients.source_system = custom_fields.source_system
            and patients.patient_id = custom_fields.patient_id
    left join sexes on coalesce(patients.sex, patients.gender) = sexes.source_value

)

select * from shaped
