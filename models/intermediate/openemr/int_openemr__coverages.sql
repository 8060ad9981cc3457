{#
    Insurances in the clinic contract's columns. OpenEMR writes an empty row where a patient has
    none: those are told as unused. A newer row of the same rank replaces the older one.
#}
with

policies as (

    select * from {{ ref('stg_openemr__insurance_policies') }}

),

subscribers as (

    select * from {{ ref('int_openemr__subscribers_matched') }}
    where has_content

),

relationships as (

    select * from {{ ref('openemr_codes') }}
    where list_id = 'sub_relation'

),

shaped as (

    select
        {{ clinic_key('policies.source_system', 'coverage', 'policies.insurance_policy_id') }}
            as coverage_key,
        policies.source_system,
        policies.insurance_policy_id as source_id,
        {{ clinic_key('policies.source_system', 'patient', 'policies.patient_id') }} as patient_key,
        {{ clinic_key('policies.source_system', 'payer', 'policies.insurance_company_id') }}
            as payer_key,
        {{ clinic_key(
            'policies.source_system', 'patient', 'subscribers.subscriber_patient_id'
        ) }} as subscriber_patient_key,
        subscribers.subscriber_name,
        policies.policy_number as member_id,
        policies.group_number,
        policies.plan_name,
        coalesce(relationships.code, policies.subscriber_relationship) as relationship_code,
        policies.rank_name as coverage_type,
        cast(
            case policies.rank_name
                when 'primary' then 1
                when 'secondary' then 2
                when 'tertiary' then 3
            end as bigint
        ) as coverage_order,
        case
            when row_number() over (
                partition by policies.source_system, policies.patient_id, policies.rank_name
                order by policies.effective_date desc nulls last, policies.insurance_policy_id desc
            ) = 1 then 'active'
            else 'cancelled'
        end as status_code,
        policies.effective_date,
        policies.termination_date,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as modified_at
    from policies
    inner join subscribers
        on
            policies.source_system = subscribers.source_system
            and policies.insurance_policy_id = subscribers.insurance_policy_id
    left join relationships on policies.subscriber_relationship = relationships.option_id

)

select * from shaped
