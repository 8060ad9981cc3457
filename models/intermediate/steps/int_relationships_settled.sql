{#
    A relative becomes an AccountContactRelation only where it says more than the household does:
    the relative is a patient of another household. Several records on one pair make one relation,
    the first by key; the others are merged into it.
#}
with

relationships as (

    select * from {{ ref('int_clinic__patient_relationships') }}

),

resolved as (

    select * from {{ ref('int_patients_resolved') }}

),

households as (

    select * from {{ ref('int_patients_grouped_into_households') }}

),

relatives as (

    select
        resolved.patient_key as related_patient_key,
        households.patient_key as contact_patient_key,
        households.household_key as contact_household_key

    from resolved

    inner join households on resolved.survivor_patient_key = households.patient_key

    where resolved.excluded_reason is null

),

checked as (

    select
        relationships.patient_relationship_key as record_key,
        relationships.source_system,
        relationships.relationship_code,
        relationships.is_active,
        relationships.created_at,
        relationships.modified_at,
        households.household_key,
        relatives.contact_patient_key,
        relatives.contact_household_key,
        case
            when relationships.patient_key is null then 'no_patient'
            when resolved.patient_key is null then 'orphan_patient'
            when resolved.excluded_reason is not null then 'patient_excluded'
            when relatives.related_patient_key is null then 'relative_is_not_a_patient'
        end as excluded_reason

    from relationships

    left join resolved on relationships.patient_key = resolved.patient_key

    left join households on resolved.survivor_patient_key = households.patient_key

    left join relatives on relationships.related_patient_key = relatives.related_patient_key

),

paired as (

    select
        record_key,
        source_system,
        household_key,
        contact_patient_key,
        contact_household_key,
        relationship_code,
        is_active,
        created_at,
        modified_at,
        excluded_reason,
        min(case when excluded_reason is null then record_key end) over (
            partition by household_key, contact_patient_key
        ) as first_record_key

    from checked

),

settled as (

    select
        record_key,
        source_system,
        household_key,
        contact_patient_key,
        relationship_code,
        is_active,
        created_at,
        modified_at,
        excluded_reason,
        case
            when excluded_reason is not null then null
            when household_key = contact_household_key then household_key
            else first_record_key
        end as survivor_key

    from paired

)

select * from settled
