{#
    One e-mail address and one number of each kind per person, organization or location: by the
    source's own rank, then in its order. What is marked `old` is never used: a call or a message
    there would reach a stranger. A number without a use counts as home, after a stated one.
#}
with

contact_points as (

    select * from {{ ref('stg_fhir__contact_points') }}
    where coalesce(contact_use, '') != 'old' and contact_value is not null

),

sorted_by_kind as (

    select
        source_system,
        resource_type,
        resource_id,
        contact_value,
        contact_rank,
        contact_use,
        ordinal,
        case
            when contact_system = 'email' then 'email'
            when contact_system not in ('phone', 'sms') then null
            when contact_use = 'mobile' then 'mobile_phone'
            when contact_use = 'work' then 'work_phone'
            else 'home_phone'
        end as kind
    from contact_points

),

ranked as (

    select
        source_system,
        resource_type,
        resource_id,
        kind,
        contact_value,
        row_number() over (
            partition by source_system, resource_type, resource_id, kind
            order by contact_rank nulls last, contact_use is null, ordinal
        ) as preference
    from sorted_by_kind

),

chosen as (

    select
        source_system,
        resource_type,
        resource_id,
        max(case when kind = 'email' then contact_value end) as email,
        max(case when kind = 'home_phone' then contact_value end) as home_phone,
        max(case when kind = 'mobile_phone' then contact_value end) as mobile_phone,
        max(case when kind = 'work_phone' then contact_value end) as work_phone
    from ranked
    where preference = 1
    group by source_system, resource_type, resource_id

)

select * from chosen
