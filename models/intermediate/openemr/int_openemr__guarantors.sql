{#
    Who answers for a patient's bills and is no patient, in the clinic contract's columns: the
    guardian whom the chart names, and the subscriber of an insurance that is not the patient's own:
    it says what the patient is to the subscriber, so a `child` has a parent for a guarantor.
#}
with

patients as (

    select * from {{ ref('stg_openemr__patients') }}
    where guardian_name is not null

),

policies as (

    select * from {{ ref('stg_openemr__insurance_policies') }}

),

subscribers as (

    select * from {{ ref('int_openemr__subscribers_matched') }}
    where
        has_content and not is_own
        and subscriber_patient_id is null
        and subscriber_name is not null

),

relationships as (

    select * from {{ ref('openemr_codes') }}
    where list_id = 'sub_relation_of_subscriber'

),

shaped as (

    select
        {{ clinic_key('source_system', 'guarantor', ["'guardian'", 'patient_id']) }}
            as guarantor_key,
        source_system,
        'guardian/' || patient_id as source_id,
        cast(null as varchar) as given_name,
        cast(null as varchar) as family_name,
        guardian_name as name_text,
        coalesce(guardian_relationship, 'GUARD') as relationship_code,
        {{ clinic_key('source_system', 'patient', 'patient_id') }} as patient_key,
        coalesce(guardian_phone, guardian_work_phone) as phone,
        guardian_email as email,
        guardian_street as street,
        guardian_city as city,
        guardian_state as state,
        guardian_postal_code as postal_code,
        guardian_country as country,
        cast(null as date) as birth_date,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as modified_at,
        'patient_data' as raw_table,
        patient_id as raw_id
    from patients

    union all

    select
        {{ clinic_key(
            'policies.source_system', 'guarantor', ["'subscriber'", 'policies.insurance_policy_id']
        ) }} as guarantor_key,
        policies.source_system,
        'subscriber/' || policies.insurance_policy_id as source_id,
        policies.subscriber_given_name as given_name,
        policies.subscriber_family_name as family_name,
        subscribers.subscriber_name as name_text,
        coalesce(relationships.code, policies.subscriber_relationship) as relationship_code,
        {{ clinic_key('policies.source_system', 'patient', 'policies.patient_id') }} as patient_key,
        policies.subscriber_phone as phone,
        cast(null as varchar) as email,
        policies.subscriber_street as street,
        policies.subscriber_city as city,
        policies.subscriber_state as state,
        policies.subscriber_postal_code as postal_code,
        policies.subscriber_country as country,
        policies.subscriber_birth_date as birth_date,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as modified_at,
        'insurance_data' as raw_table,
        policies.insurance_policy_id as raw_id
    from policies
    inner join subscribers
        on
            policies.source_system = subscribers.source_system
            and policies.insurance_policy_id = subscribers.insurance_policy_id
    left join relationships on policies.subscriber_relationship = relationships.option_id

)

select * from shaped
