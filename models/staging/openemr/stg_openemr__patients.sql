{# One row per chart. `pid` is what the other tables refer to, and `id` what contacts do. #}
with

source as (

    select * from {{ source('raw_openemr', 'patient_data') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'pid': '$.pid',
            'id': '$.id',
            'pubpid': '$.pubpid',
            'title': '$.title',
            'fname': '$.fname',
            'mname': '$.mname',
            'lname': '$.lname',
            'suffix': '$.suffix',
            'preferred_name': '$.preferred_name',
            'dob': '$.DOB',
            'sex': '$.sex',
            'status': '$.status',
            'language': '$.language',
            'street': '$.street',
            'street_line_2': '$.street_line_2',
            'city': '$.city',
            'state': '$.state',
            'postal_code': '$.postal_code',
            'country_code': '$.country_code',
            'phone_home': '$.phone_home',
            'phone_cell': '$.phone_cell',
            'phone_biz': '$.phone_biz',
            'email': '$.email',
            'providerid': '$.providerID',
            'ref_providerid': '$.ref_providerID',
            'referral_source': '$.referral_source',
            'hipaa_voice': '$.hipaa_voice',
            'hipaa_mail': '$.hipaa_mail',
            'hipaa_allowsms': '$.hipaa_allowsms',
            'hipaa_allowemail': '$.hipaa_allowemail',
            'deceased_date': '$.deceased_date',
            'guardiansname': '$.guardiansname',
            'guardianrelationship': '$.guardianrelationship',
            'guardianphone': '$.guardianphone',
            'guardianworkphone': '$.guardianworkphone',
            'guardianemail': '$.guardianemail',
            'guardianaddress': '$.guardianaddress',
            'guardiancity': '$.guardiancity',
            'guardianstate': '$.guardianstate',
            'guardianpostalcode': '$.guardianpostalcode',
            'guardiancountry': '$.guardiancountry',
            'regdate': '$.regdate',
            'date': '$.date',
            'last_updated': '$.last_updated',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['pid'] as patient_id,
        texts['id'] as chart_row_id,
        texts['pubpid'] as mrn,
        texts['title'] as name_prefix,
        texts['fname'] as given_name,
        texts['mname'] as middle_name,
        texts['lname'] as family_name,
        texts['suffix'] as name_suffix,
        texts['preferred_name'] as preferred_name,
        texts['dob'] as birth_date_text,
        {{ plausible_moment(openemr_date("texts['dob']")) }} as birth_date,
        texts['sex'] as sex,
        texts['status'] as marital_status,
        texts['language'] as language_code,
        texts['street'] as street_line_1,
        texts['street_line_2'] as street_line_2,
        texts['city'] as city,
        texts['state'] as state,
        texts['postal_code'] as postal_code,
        texts['country_code'] as country,
        texts['phone_home'] as home_phone,
        texts['phone_cell'] as mobile_phone,
        texts['phone_biz'] as work_phone,
        texts['email'] as email,
        nullif(texts['providerid'], '0') as provider_id,
        nullif(texts['ref_providerid'], '0') as referring_user_id,
        texts['referral_source'] as referral_source,
        texts['hipaa_voice'] as may_leave_voice_message,
        texts['hipaa_mail'] as may_send_mail,
        texts['hipaa_allowsms'] as may_send_sms,
        texts['hipaa_allowemail'] as may_send_email,
        {{ openemr_date("texts['deceased_date']") }} as deceased_date,
        texts['guardiansname'] as guardian_name,
        texts['guardianrelationship'] as guardian_relationship,
        texts['guardianphone'] as guardian_phone,
        texts['guardianworkphone'] as guardian_work_phone,
        texts['guardianemail'] as guardian_email,
        texts['guardianaddress'] as guardian_street,
        texts['guardiancity'] as guardian_city,
        texts['guardianstate'] as guardian_state,
        texts['guardianpostalcode'] as guardian_postal_code,
        texts['guardiancountry'] as guardian_country,
        {{ openemr_timestamp("texts['regdate']") }} as registered_at_local,
        {{ openemr_timestamp("texts['date']") }} as recorded_at_local,
        {{ openemr_timestamp("texts['last_updated']") }} as modified_at_local
    from extracted

)

select * from renamed
