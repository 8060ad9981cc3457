{#
    The visits that have a claim: those that were billed, by their newest version, and those with
    charges that were not billed yet. One row per visit, with the raw row that stands for it.
#}
with

versions as (

    select
        source_system,
        patient_id,
        encounter_id,
        payer_id,
        status,
        billed_at_local,
        'claims' as raw_table,
        raw_id,
        row_number() over (
            partition by source_system, patient_id, encounter_id
            order by version_number desc
        ) as place
    from {{ ref('stg_openemr__claims') }}

),

charged as (

    select
        source_system,
        patient_id,
        encounter_id,
        cast(null as varchar) as payer_id,
        cast(null as varchar) as status,
        cast(null as timestamp) as billed_at_local,
        'billing' as raw_table,
        min(billing_line_id) as raw_id
    from {{ ref('int_openemr__billing_lines_told_apart') }}
    where line_kind = 'charge'
    group by source_system, patient_id, encounter_id

),

gathered as (

    select
        source_system,
        patient_id,
        encounter_id,
        payer_id,
        status,
        billed_at_local,
        raw_table,
        raw_id
    from versions
    where place = 1

    union all

    select
        charged.source_system,
        charged.patient_id,
        charged.encounter_id,
        charged.payer_id,
        charged.status,
        charged.billed_at_local,
        charged.raw_table,
        charged.raw_id
    from charged
    left join versions
        on
            charged.source_system = versions.source_system
            and charged.patient_id = versions.patient_id
            and charged.encounter_id = versions.encounter_id
            and versions.place = 1
    where versions.raw_id is null

)

select * from gathered
