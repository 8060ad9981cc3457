{#
    Charts in the clinic contract's columns. OpenEMR has no mark for a test patient nor for a chart
    that was merged: what it merges is gone. `NO` to a way of contact is a refusal; OpenEMR writes
    it by itself for text messages and e-mail, and it counts all the same: silence is no consent.
#}
with

patients as (

    select * from {{ ref('stg_openemr__patients') }}

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

custom_fields as (

    select * from {{ ref('int_openemr__custom_fields_collected') }}

),

sexes as (

    select * from {{ ref('openemr_codes') }}
    where list_id = 'sex'

),

marital_statuses as (

    select * from {{ ref('openemr_codes') }}
    where list_id = 'marital'

),

shaped as (

    select
        {{ clinic_key('patients.source_system', 'patient', 'patients.patient_id') }} as patient_key,
        patients.source_system,
        patients.patient_id as source_id,
        patients.mrn,
        patients.name_prefix,
        patients.given_name,
        patients.middle_name,
        patients.family_name,
        patients.name_suffix,
        patients.preferred_name,
        cast(null as varchar) as name_text,
        coalesce(sexes.code, patients.sex) as gender_code,
        patients.birth_date,
        patients.deceased_date,
        patients.deceased_date is not null as is_deceased,
        coalesce(marital_statuses.code, patients.marital_status) as marital_status_code,
        patients.language_code,
        patients.email,
        patients.home_phone,
        patients.mobile_phone,
        patients.work_phone,
        nullif(concat_ws(chr(10), patients.street_line_1, patients.street_line_2), '') as street,
        patients.city,
        patients.state,
        patients.postal_code,
        patients.country,
        {{ clinic_key('patients.source_system', 'provider', 'patients.provider_id') }}
            as primary_provider_key,
        cast(null as varchar) as home_location_key,
        patients.referral_source as referral_source_name,
        cast(null as varchar) as merged_into_patient_key,
        true as is_active,
        false as is_test,
        false as is_do_not_migrate,
        patients.may_send_email = 'NO' as has_opted_out_of_email,
        patients.may_send_sms = 'NO' as has_opted_out_of_sms,
        patients.may_leave_voice_message = 'NO' as has_opted_out_of_phone,
        patients.may_send_mail = 'NO' as has_opted_out_of_mail,
        custom_fields.custom_fields,
        {{ utc_from_local(
            'coalesce(patients.registered_at_local, patients.recorded_at_local)',
            'clinics.time_zone'
        ) }} as created_at,
        {{ utc_from_local('patients.modified_at_local', 'clinics.time_zone') }} as modified_at
    from patients
    inner join clinics on patients.source_system = clinics.source_system
    left join custom_fields
        on
            patients.source_system = custom_fields.source_system
            and patients.patient_id = custom_fields.patient_id
    left join sexes on patients.sex = sexes.option_id
    left join marital_statuses on patients.marital_status = marital_statuses.option_id

)

select * from shaped
