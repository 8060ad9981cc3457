{#
    Billed visits in the clinic contract's columns. What the payer did comes first: a refusal that
    nothing was paid on, then payments that cover the charges, then OpenEMR's own status.
#}
with

gathered as (

    select * from {{ ref('int_openemr__claims_gathered') }}

),

summed as (

    select * from {{ ref('int_openemr__claims_summed') }}

),

encounters as (

    select
        source_system,
        patient_id,
        encounter_id,
        min(encounter_at_local) as encounter_at_local,
        min(provider_id) as provider_id
    from {{ ref('stg_openemr__encounters') }}
    group by source_system, patient_id, encounter_id

),

coverages as (

    select
        source_system,
        patient_key,
        payer_key,
        min_by(coverage_key, coverage_order) as coverage_key
    from {{ ref('int_openemr__coverages') }}
    group by source_system, patient_key, payer_key

),

statuses as (

    select * from {{ ref('openemr_codes') }}
    where list_id = 'claim_status'

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

judged as (

    select
        gathered.source_system,
        gathered.patient_id,
        gathered.encounter_id,
        {{ clinic_key('gathered.source_system', 'patient', 'gathered.patient_id') }} as patient_key,
        {{ clinic_key('gathered.source_system', 'payer', 'gathered.payer_id') }} as payer_key,
        coalesce(summed.provider_id, encounters.provider_id) as provider_id,
        gathered.status as raw_status,
        case
            when gathered.status is null then 'draft'
            when summed.refusal_codes is not null and summed.paid_by_payers = 0 then 'denied'
            when
                summed.paid_by_payers > 0
                and summed.paid_amount + summed.adjusted_amount >= summed.total_charge
                then 'paid'
            when summed.paid_by_payers > 0 then 'partially_paid'
            else coalesce(statuses.code, gathered.status)
        end as status_code,
        summed.refusal_codes,
        cast(encounters.encounter_at_local as date) as service_date,
        cast(coalesce(summed.first_billed_at_local, gathered.billed_at_local) as date)
            as submitted_date,
        summed.total_charge,
        summed.paid_amount,
        summed.diagnosis_codes,
        {{ utc_from_local(
            'coalesce(summed.first_billed_at_local, gathered.billed_at_local)', 'clinics.time_zone'
        ) }} as created_at,
        {{ utc_from_local('gathered.billed_at_local', 'clinics.time_zone') }} as modified_at
    from gathered
    inner join summed
        on
            gathered.source_system = summed.source_system
            and gathered.patient_id = summed.patient_id
            and gathered.encounter_id = summed.encounter_id
    inner join clinics on gathered.source_system = clinics.source_system
    left join encounters
        on
            gathered.source_system = encounters.source_system
            and gathered.patient_id = encounters.patient_id
            and gathered.encounter_id = encounters.encounter_id
    left join statuses on gathered.status = statuses.option_id

),

shaped as (

    select
        {{ clinic_key(
            'judged.source_system', 'claim', ['judged.patient_id', 'judged.encounter_id']
        ) }} as claim_key,
        judged.source_system,
        judged.patient_id || '/' || judged.encounter_id as source_id,
        judged.patient_key,
        judged.payer_key,
        {{ clinic_key('judged.source_system', 'provider', 'judged.provider_id') }} as provider_key,
        coverages.coverage_key,
        judged.encounter_id as claim_number,
        cast(null as varchar) as claim_type,
        judged.status_code,
        judged.raw_status,
        judged.service_date as service_start_date,
        judged.service_date as service_end_date,
        judged.submitted_date,
        judged.total_charge,
        judged.paid_amount,
        cast(null as decimal(18, 2)) as patient_responsibility,
        case when judged.status_code = 'denied' then judged.refusal_codes end as denial_reason,
        judged.diagnosis_codes,
        cast(null as varchar) as custom_fields,
        judged.created_at,
        judged.modified_at
    from judged
    left join coverages
        on
            judged.source_system = coverages.source_system
            and judged.patient_key = coverages.patient_key
            and judged.payer_key = coverages.payer_key

)

select * from shaped
