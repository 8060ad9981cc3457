{#
    What each user is: a provider (staff, and outsiders whom a clinical record names), an outsider
    who may refer, an organization of the address book that has referred, or an account of the
    software itself.
#}
with

users as (

    select * from {{ ref('stg_openemr__users') }}

),

named as (

    select
        source_system,
        provider_id as user_id
    from {{ ref('stg_openemr__encounters') }}

    union all

    select
        source_system,
        provider_id as user_id
    from {{ ref('stg_openemr__billing_lines') }}

    union all

    select
        source_system,
        provider_id as user_id
    from {{ ref('stg_openemr__prescriptions') }}

    union all

    select
        source_system,
        provider_id as user_id
    from {{ ref('stg_openemr__procedure_orders') }}

),

named_once as (

    select
        source_system,
        user_id
    from named
    where user_id is not null
    group by source_system, user_id

),

referring as (

    select
        source_system,
        referring_user_id as user_id
    from {{ ref('stg_openemr__patients') }}

    union all

    select
        source_system,
        referring_user_id as user_id
    from {{ ref('stg_openemr__encounters') }}

),

referring_once as (

    select
        source_system,
        user_id
    from referring
    where user_id is not null
    group by source_system, user_id

),

told_apart as (

    select
        users.source_system,
        users.user_id,
        users.username,
        coalesce(users.username in ('oe-system', 'phimail-service', 'portal-user'), false)
            as is_software,
        users.username is not null or named_once.user_id is not null as is_at_work,
        users.username is null as is_outsider,
        coalesce(users.family_name, users.given_name) is not null as is_person,
        referring_once.user_id is not null as has_referred
    from users
    left join named_once
        on
            users.source_system = named_once.source_system
            and users.user_id = named_once.user_id
    left join referring_once
        on
            users.source_system = referring_once.source_system
            and users.user_id = referring_once.user_id

),

judged as (

    select
        source_system,
        user_id,
        username,
        is_outsider,
        is_at_work and not is_software as is_provider,
        not is_at_work and not is_software and (is_person or has_referred) as is_referral_source,
        case when is_person then 'practitioner' else 'organization' end as referral_source_type
    from told_apart

)

select * from judged
