{#
    Who sends patients, in the clinic contract's columns: people and practices of the address book,
    and the ways that a visit or a chart names (Radio, Newspaper). The three kinds share one key
    space, as they do for FHIR. `raw_table` and `raw_id` are the row that stands for each.
#}
with

users as (

    select * from {{ ref('stg_openemr__users') }}

),

standings as (

    select * from {{ ref('int_openemr__users_told_apart') }}
    where is_referral_source

),

ways_named as (

    select
        source_system,
        referral_source,
        'patient_data' as raw_table,
        patient_id as raw_id
    from {{ ref('stg_openemr__patients') }}
    where referral_source is not null

    union all

    select
        source_system,
        referral_source,
        'form_encounter' as raw_table,
        encounter_row_id as raw_id
    from {{ ref('stg_openemr__encounters') }}
    where referral_source is not null

),

ways_ranked as (

    select
        source_system,
        referral_source,
        raw_table,
        raw_id,
        row_number() over (
            partition by source_system, referral_source
            order by raw_table asc, raw_id asc
        ) as place
    from ways_named

),

titles as (

    select
        source_system,
        option_id,
        title
    from {{ ref('stg_openemr__list_options') }}
    where list_id = 'refsource'

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

shaped as (

    select
        {{ clinic_key(
            'users.source_system',
            'referral_source',
            ['standings.referral_source_type', 'users.user_id']
        ) }} as referral_source_key,
        users.source_system,
        standings.referral_source_type || '/' || users.user_id as source_id,
        standings.referral_source_type as source_type,
        users.given_name,
        users.family_name,
        users.organization_name as company,
        users.npi,
        users.email,
        coalesce(users.phone, users.mobile_phone) as phone,
        nullif(concat_ws(chr(10), users.street_line_1, users.street_line_2), '') as street,
        users.city,
        users.state,
        users.postal_code,
        users.country,
        {{ utc_from_local('users.created_at_local', 'clinics.time_zone') }} as created_at,
        {{ utc_from_local('users.modified_at_local', 'clinics.time_zone') }} as modified_at,
        'users' as raw_table,
        users.user_id as raw_id
    from users
    inner join standings
        on
            users.source_system = standings.source_system
            and users.user_id = standings.user_id
    inner join clinics on users.source_system = clinics.source_system

    union all

    select
        {{ clinic_key(
            'ways_ranked.source_system',
            'referral_source',
            ["'marketing'", 'ways_ranked.referral_source']
        ) }} as referral_source_key,
        ways_ranked.source_system,
        'marketing/' || ways_ranked.referral_source as source_id,
        'marketing' as source_type,
        cast(null as varchar) as given_name,
        cast(null as varchar) as family_name,
        coalesce(titles.title, ways_ranked.referral_source) as company,
        cast(null as varchar) as npi,
        cast(null as varchar) as email,
        cast(null as varchar) as phone,
        cast(null as varchar) as street,
        cast(null as varchar) as city,
        cast(null as varchar) as state,
        cast(null as varchar) as postal_code,
        cast(null as varchar) as country,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as modified_at,
        ways_ranked.raw_table,
        ways_ranked.raw_id
    from ways_ranked
    left join titles
        on
            ways_ranked.source_system = titles.source_system
            and ways_ranked.referral_source = titles.option_id
    where ways_ranked.place = 1

)

select * from shaped
