{#
    Whose insurance it is: the patient's own, or that of somebody else, who may be a patient too. A
    subscriber is known by both names and the birth date, and only where one chart alone has them.
#}
with

policies as (

    select * from {{ ref('stg_openemr__insurance_policies') }}

),

charts as (

    select
        source_system,
        lower(given_name) as given_name,
        lower(family_name) as family_name,
        birth_date,
        min(patient_id) as patient_id
    from {{ ref('stg_openemr__patients') }}
    where given_name is not null and family_name is not null and birth_date is not null
    group by source_system, lower(given_name), lower(family_name), birth_date
    having count(*) = 1

),

matched as (

    select
        policies.source_system,
        policies.insurance_policy_id,
        policies.patient_id,
        coalesce(policies.subscriber_relationship, 'self') = 'self' as is_own,
        case
            when coalesce(policies.subscriber_relationship, 'self') = 'self'
                then policies.patient_id
            else charts.patient_id
        end as subscriber_patient_id,
        nullif(
            concat_ws(
                ' ',
                policies.subscriber_given_name,
                policies.subscriber_middle_name,
                policies.subscriber_family_name
            ),
            ''
        ) as subscriber_name,
        coalesce(policies.insurance_company_id, policies.policy_number, policies.plan_name)
        is not null as has_content
    from policies
    left join charts
        on
            policies.source_system = charts.source_system
            and lower(policies.subscriber_given_name) = charts.given_name
            and lower(policies.subscriber_family_name) = charts.family_name
            and policies.subscriber_birth_date = charts.birth_date

)

select * from matched
