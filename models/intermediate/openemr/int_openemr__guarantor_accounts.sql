{#
    Who answers for whose bills: the guardian whom the chart names, else the subscriber of the
    patient's primary insurance in force, where that is somebody else. One row per patient for whom
    somebody else answers.
#}
with

guarantors as (

    select * from {{ ref('int_openemr__guarantors') }}

),

subscribers as (

    select * from {{ ref('int_openemr__subscribers_matched') }}
    where has_content and not is_own

),

coverages as (

    select * from {{ ref('int_openemr__coverages') }}
    where coverage_order = 1 and status_code = 'active'

),

candidates as (

    select
        source_system,
        patient_key,
        cast(null as varchar) as guarantor_patient_key,
        guarantor_key,
        cast(null as date) as period_start,
        0 as preference
    from guarantors
    where raw_table = 'patient_data'

    union all

    select
        coverages.source_system,
        coverages.patient_key,
        case
            when subscribers.subscriber_patient_id is not null
                then coverages.subscriber_patient_key
        end as guarantor_patient_key,
        guarantors.guarantor_key,
        coverages.effective_date as period_start,
        1 as preference
    from coverages
    inner join subscribers
        on
            coverages.source_system = subscribers.source_system
            and coverages.source_id = subscribers.insurance_policy_id
    left join guarantors
        on
            coverages.source_system = guarantors.source_system
            and guarantors.raw_table = 'insurance_data'
            and coverages.source_id = guarantors.raw_id

),

ranked as (

    select
        source_system,
        patient_key,
        guarantor_patient_key,
        guarantor_key,
        period_start,
        row_number() over (
            partition by source_system, patient_key
            order by preference asc, period_start desc nulls last, guarantor_key asc
        ) as place
    from candidates
    where guarantor_patient_key is not null or guarantor_key is not null

),

shaped as (

    select
        {{ derived_key('patient_key', 'guarantor_account') }} as guarantor_account_key,
        source_system,
        split_part(patient_key, ':', 3) as source_id,
        patient_key,
        guarantor_patient_key,
        guarantor_key,
        true as is_active,
        cast(null as varchar) as account_name,
        cast(null as decimal(18, 2)) as balance,
        period_start,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as modified_at
    from ranked
    where place = 1

)

select * from shaped
