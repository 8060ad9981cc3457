{#
    Who was sent by whom, in the clinic contract's columns: what a patient's source of referral
    says, and the referring doctor of the chart. A patient who sent another is no referral source,
    and is told as the reason.
#}
with

sources as (

    select * from {{ ref('stg_cliniko__referral_sources') }}

),

patients as (

    select * from {{ ref('stg_cliniko__patients') }}

),

referred as (

    select
        sources.source_system,
        'referral_sources' as raw_table,
        sources.patient_id as raw_id,
        sources.patient_id,
        case
            when sources.referrer_kind = 'Contact'
                then {{ clinic_key(
                    'sources.source_system', 'referral_source', ["'contact'", 'sources.referrer_id']
                ) }}
            when sources.referrer_kind is null
                then {{ clinic_key(
                    'sources.source_system',
                    'referral_source',
                    ["'marketing'", 'sources.referral_source_type_id']
                ) }}
        end as referral_source_key,
        nullif(
            concat_ws(
                '; ',
                case when sources.referrer_kind = 'Patient' then 'Sent by another patient' end,
                sources.subcategory,
                sources.note
            ),
            ''
        ) as referral_reason,
        patients.created_at
    from sources
    left join patients
        on
            sources.source_system = patients.source_system
            and sources.patient_id = patients.patient_id

    union all

    select
        source_system,
        'patients' as raw_table,
        patient_id as raw_id,
        patient_id,
        {{ clinic_key('source_system', 'referral_source', ["'contact'", 'referring_contact_id']) }}
            as referral_source_key,
        'Referring doctor' as referral_reason,
        created_at
    from patients
    where referring_contact_id is not null

),

shaped as (

    select
        {{ clinic_key(
            'referred.source_system', 'referral', ['referred.raw_table', 'referred.raw_id']
        ) }} as referral_key,
        referred.source_system,
        referred.raw_table || '/' || referred.raw_id as source_id,
        referred.referral_source_key,
        {{ clinic_key('referred.source_system', 'patient', 'referred.patient_id') }} as patient_key,
        referred.referral_reason,
        cast(null as varchar) as relationship_type,
        cast(null as bigint) as referral_volume,
        'completed' as status_code,
        cast(referred.created_at as date) as referral_date,
        referred.created_at,
        cast(null as timestamp) as modified_at,
        referred.raw_table,
        referred.raw_id
    from referred

)

select * from shaped
