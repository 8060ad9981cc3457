{#
    What becomes of every record of the clinic contract: excluded for a reason, merged into a
    survivor, or loaded (both null).
#}
with

settled as (

    select
        'patients' as entity,
        patient_key as record_key,
        source_system,
        excluded_reason,
        case
            when excluded_reason is null and survivor_patient_key != patient_key
                then survivor_patient_key
        end as survivor_key

    from {{ ref('int_patients_resolved') }}

    union all

    select
        'payers' as entity,
        payer_key as record_key,
        source_system,
        cast(null as string) as excluded_reason,
        case when survivor_payer_key != payer_key then survivor_payer_key end as survivor_key

    from {{ ref('int_payers_deduplicated') }}

    union all

    select
        entity,
        record_key,
        source_system,
        excluded_reason,
        cast(null as string) as survivor_key

    from {{ ref('int_patient_records_settled') }}

    union all

    select
        'patient_relationships' as entity,
        record_key,
        source_system,
        excluded_reason,
        case when survivor_key != record_key then survivor_key end as survivor_key

    from {{ ref('int_relationships_settled') }}

    union all

    select
        'claim_lines' as entity,
        record_key,
        source_system,
        excluded_reason,
        cast(null as string) as survivor_key

    from {{ ref('int_claim_lines_settled') }}

    union all

    select
        'provider_locations' as entity,
        record_key,
        source_system,
        excluded_reason,
        cast(null as string) as survivor_key

    from {{ ref('int_provider_locations_settled') }}

    union all

    select
        'referrals' as entity,
        record_key,
        source_system,
        excluded_reason,
        cast(null as string) as survivor_key

    from {{ ref('int_referrals_settled') }}

    union all

    select
        'referral_sources' as entity,
        referral_source_key as record_key,
        source_system,
        case
            when coalesce(family_name, given_name, company) is null then 'missing_name'
        end as excluded_reason,
        cast(null as string) as survivor_key

    from {{ ref('int_clinic__referral_sources') }}

    union all

    select
        'guarantors' as entity,
        record_key,
        source_system,
        excluded_reason,
        cast(null as string) as survivor_key

    from {{ ref('int_guarantors_settled') }}

)

select * from settled
