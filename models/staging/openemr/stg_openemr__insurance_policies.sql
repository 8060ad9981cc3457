{# One row per insurance of a patient: primary, secondary or tertiary from a day on. #}
with

source as (

    select * from {{ source('raw_openemr', 'insurance_data') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'type': '$.type',
            'provider': '$.provider',
            'plan_name': '$.plan_name',
            'policy_number': '$.policy_number',
            'group_number': '$.group_number',
            'subscriber_lname': '$.subscriber_lname',
            'subscriber_mname': '$.subscriber_mname',
            'subscriber_fname': '$.subscriber_fname',
            'subscriber_relationship': '$.subscriber_relationship',
            'subscriber_dob': '$.subscriber_DOB',
            'subscriber_street': '$.subscriber_street',
            'subscriber_city': '$.subscriber_city',
            'subscriber_state': '$.subscriber_state',
            'subscriber_postal_code': '$.subscriber_postal_code',
            'subscriber_country': '$.subscriber_country',
            'subscriber_phone': '$.subscriber_phone',
            'date': '$.date',
            'date_end': '$.date_end',
            'pid': '$.pid',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as insurance_policy_id,
        texts['type'] as rank_name,
        nullif(texts['provider'], '0') as insurance_company_id,
        texts['plan_name'] as plan_name,
        texts['policy_number'] as policy_number,
        texts['group_number'] as group_number,
        texts['subscriber_lname'] as subscriber_family_name,
        texts['subscriber_mname'] as subscriber_middle_name,
        texts['subscriber_fname'] as subscriber_given_name,
        texts['subscriber_relationship'] as subscriber_relationship,
        {{ openemr_date("texts['subscriber_dob']") }} as subscriber_birth_date,
        texts['subscriber_street'] as subscriber_street,
        texts['subscriber_city'] as subscriber_city,
        texts['subscriber_state'] as subscriber_state,
        texts['subscriber_postal_code'] as subscriber_postal_code,
        texts['subscriber_country'] as subscriber_country,
        texts['subscriber_phone'] as subscriber_phone,
        {{ openemr_date("texts['date']") }} as effective_date,
        {{ openemr_date("texts['date_end']") }} as termination_date,
        nullif(texts['pid'], '0') as patient_id
    from extracted

)

select * from renamed
