{#
    Who works where: the places that an administrator gave to a user, and the user's own default.
    One row per pair, with the raw row that states it.
#}
with

stated as (

    select
        source_system,
        owner_id as user_id,
        facility_id,
        'users_facility' as raw_table,
        raw_id
    from {{ ref('stg_openemr__users_facilities') }}
    where owner_table = 'users'

    union all

    select
        source_system,
        user_id,
        facility_id,
        'users' as raw_table,
        user_id as raw_id
    from {{ ref('stg_openemr__users') }}
    where facility_id is not null

),

standings as (

    select * from {{ ref('int_openemr__users_told_apart') }}
    where is_provider

),

ranked as (

    select
        stated.source_system,
        stated.user_id,
        stated.facility_id,
        stated.raw_table,
        stated.raw_id,
        row_number() over (
            partition by stated.source_system, stated.user_id, stated.facility_id
            order by stated.raw_table desc, stated.raw_id asc
        ) as preference
    from stated
    left join standings
        on
            stated.source_system = standings.source_system
            and stated.user_id = standings.user_id
    {# A place that was given to somebody unknown is told of; the default of an account is not. #}
    where stated.raw_table = 'users_facility' or standings.user_id is not null

),

chosen as (

    select
        source_system,
        user_id,
        facility_id,
        raw_table,
        raw_id
    from ranked
    where preference = 1

)

select * from chosen
