{#
    Which chart stands for the person. A chart that was merged follows its links to the last one; a
    chart in a loop of links, or one whose survivor does not exist, stands for itself and is
    flagged, for otherwise a person would vanish. A chart that must not be loaded takes the charts
    merged into it along.
#}
with recursive

patients as (

    select * from {{ ref('int_clinic__patients') }}

),

existing as (

    select patient_key as next_patient_key from patients

),

links as (

    select
        patients.patient_key,
        existing.next_patient_key

    from patients

    inner join existing on patients.merged_into_patient_key = existing.next_patient_key

),

walks as (

    select
        patient_key,
        next_patient_key as reached_patient_key,
        1 as hops,
        array[next_patient_key] as reached_patient_keys

    from links

    union all

    select
        walks.patient_key,
        links.next_patient_key as reached_patient_key,
        walks.hops + 1 as hops,
        array_append(walks.reached_patient_keys, links.next_patient_key) as reached_patient_keys

    from walks

    inner join links on walks.reached_patient_key = links.patient_key

    where not array_contains(walks.reached_patient_keys, links.next_patient_key)

),

loops as (

    select patient_key from walks

    where reached_patient_key = patient_key

),

ends as (

    select
        walks.patient_key,
        walks.reached_patient_key,
        row_number() over (partition by walks.patient_key order by walks.hops) as end_number

    from walks

    left join links on walks.reached_patient_key = links.patient_key

    left join loops on walks.reached_patient_key = loops.patient_key

    where links.patient_key is null or loops.patient_key is not null

),

survivors as (

    select
        patients.patient_key,
        patients.source_system,
        case
            when loops.patient_key is not null then patients.patient_key
            else coalesce(ends.reached_patient_key, patients.patient_key)
        end as survivor_patient_key,
        case
            when loops.patient_key is not null then 'merge_loop'
            when
                patients.merged_into_patient_key is not null and links.patient_key is null
                then 'merge_target_missing'
        end as merge_defect

    from patients

    left join links on patients.patient_key = links.patient_key

    left join loops on patients.patient_key = loops.patient_key

    left join ends on patients.patient_key = ends.patient_key and ends.end_number = 1

),

own_reasons as (

    select
        patients.patient_key,
        case
            when patients.is_do_not_migrate then 'do_not_migrate'
            when patients.is_test then 'test_patient'
            when
                survivors.survivor_patient_key = patients.patient_key
                and coalesce(patients.family_name, patients.given_name, patients.name_text) is null
                then 'missing_name'
        end as excluded_reason

    from patients

    inner join survivors on patients.patient_key = survivors.patient_key

),

survivor_reasons as (

    select
        patient_key as survivor_patient_key,
        excluded_reason

    from own_reasons

),

resolved as (

    select
        survivors.patient_key,
        survivors.source_system,
        survivors.survivor_patient_key,
        survivors.merge_defect,
        coalesce(
            own_reasons.excluded_reason,
            case when survivor_reasons.excluded_reason is not null then 'patient_excluded' end
        ) as excluded_reason

    from survivors

    inner join own_reasons on survivors.patient_key = own_reasons.patient_key

    inner join survivor_reasons
        on survivors.survivor_patient_key = survivor_reasons.survivor_patient_key

)

select * from resolved
