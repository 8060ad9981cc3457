{#
    A trace, an undo for one person or an archive would miss what has no owner. A claim line is its
    claim's, a referral may be about nobody yet.
#}
with

targets as (

    select * from {{ ref('audit_record_targets') }}

),

owners as (

    select distinct
        entity,
        record_key
    from {{ ref('audit_patient_records') }}

),

ownerless as (

    select
        targets.entity,
        targets.record_key

    from targets

    left join owners
        on targets.entity = owners.entity and targets.record_key = owners.record_key

    where
        owners.record_key is null
        and targets.entity in (
            'patients',
            'claim_lines',
            {%- for entity, key, own_reason in patient_records() %}
            '{{ entity }}',
            {%- endfor %}
            'patient_relationships'
        )

)

select * from ownerless
