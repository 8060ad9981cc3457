{#
    Who was sent by whom, in the clinic contract's columns: by the chart and by each visit, and by a
    person and by a way apart where one row names both. A colleague is no referral source.
#}
with

charts as (

    select
        source_system,
        'patient_data' as raw_table,
        patient_id as raw_id,
        patient_id,
        referring_user_id,
        referral_source,
        coalesce(registered_at_local, recorded_at_local) as referred_at_local,
        cast(null as varchar) as reason
    from {{ ref('stg_openemr__patients') }}

),

visits as (

    select
        source_system,
        'form_encounter' as raw_table,
        encounter_row_id as raw_id,
        patient_id,
        referring_user_id,
        referral_source,
        encounter_at_local as referred_at_local,
        reason
    from {{ ref('stg_openemr__encounters') }}

),

rows_unioned as (

    select * from charts

    union all

    select * from visits

),

standings as (

    select * from {{ ref('int_openemr__users_told_apart') }}

),

referred as (

    select
        rows_unioned.source_system,
        rows_unioned.raw_table,
        rows_unioned.raw_id,
        rows_unioned.patient_id,
        rows_unioned.referred_at_local,
        rows_unioned.reason,
        'person' as referral_kind,
        case
            when standings.is_referral_source
                then {{ clinic_key(
                    'rows_unioned.source_system',
                    'referral_source',
                    ['standings.referral_source_type', 'rows_unioned.referring_user_id']
                ) }}
        end as referral_source_key
    from rows_unioned
    left join standings
        on
            rows_unioned.source_system = standings.source_system
            and rows_unioned.referring_user_id = standings.user_id
    where rows_unioned.referring_user_id is not null

    union all

    select
        source_system,
        raw_table,
        raw_id,
        patient_id,
        referred_at_local,
        reason,
        'way' as referral_kind,
        {{ clinic_key('source_system', 'referral_source', ["'marketing'", 'referral_source']) }}
            as referral_source_key
    from rows_unioned
    where referral_source is not null

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

shaped as (

    select
        {{ clinic_key(
            'referred.source_system',
            'referral',
            ['referred.raw_table', 'referred.raw_id', 'referred.referral_kind']
        ) }} as referral_key,
        referred.source_system,
        referred.raw_table || '/' || referred.raw_id || '/' || referred.referral_kind as source_id,
        referred.referral_source_key,
        {{ clinic_key('referred.source_system', 'patient', 'referred.patient_id') }} as patient_key,
        referred.reason as referral_reason,
        cast(null as varchar) as relationship_type,
        cast(null as bigint) as referral_volume,
        'completed' as status_code,
        cast(referred.referred_at_local as date) as referral_date,
        {{ utc_from_local('referred.referred_at_local', 'clinics.time_zone') }} as created_at,
        cast(null as timestamp) as modified_at,
        referred.raw_table,
        referred.raw_id
    from referred
    inner join clinics on referred.source_system = clinics.source_system

)

select * from shaped
