{#
    The closing table: for each entity what the source has, what was merged, what was excluded and
    what the marts hold. Each is counted by itself; the test that the line closes is another's.
#}
with

entities as (

    select * from {{ ref('clinic_entities') }}

),

source_counts as (

    select
        entity,
        count(*) as source_rows

    from {{ ref('int_clinic__source_records') }}

    group by entity

),

merged_counts as (

    select
        entity,
        count(*) as merged_rows

    from {{ ref('audit_merged_records') }}

    group by entity

),

excluded_counts as (

    select
        entity,
        count(*) as excluded_rows

    from {{ ref('audit_excluded_records') }}

    group by entity

),

target_counts as (

    select
        entity,
        count(*) as mart_rows

    from {{ ref('audit_record_targets') }}

    group by entity

),

closed as (

    select
        entities.line,
        entities.entity,
        entities.sobject,
        coalesce(source_counts.source_rows, 0) as source_rows,
        coalesce(merged_counts.merged_rows, 0) as merged_rows,
        coalesce(excluded_counts.excluded_rows, 0) as excluded_rows,
        coalesce(target_counts.mart_rows, 0) as mart_rows

    from entities

    left join source_counts on entities.entity = source_counts.entity

    left join merged_counts on entities.entity = merged_counts.entity

    left join excluded_counts on entities.entity = excluded_counts.entity

    left join target_counts on entities.entity = target_counts.entity

)

select * from closed
