{#
    Nothing is dropped: every record of the source is in exactly one of the three tables, and no
    table tells of a record that the source does not have. A record that only serves another one
    (`supporting`) has no place of its own.
#}
with

source_records as (

    select * from {{ ref('int_clinic__source_records') }}

    where entity != 'supporting'

),

accounted as (

    select
        entity,
        record_key,
        'target' as place

    from {{ ref('audit_record_targets') }}

    union all

    select
        entity,
        record_key,
        'merged' as place

    from {{ ref('audit_merged_records') }}

    union all

    select
        entity,
        record_key,
        'excluded' as place

    from {{ ref('audit_excluded_records') }}

),

compared as (

    select
        coalesce(source_records.entity, accounted.entity) as entity,
        coalesce(source_records.record_key, accounted.record_key) as record_key,
        count(distinct source_records.record_key) as source_count,
        count(accounted.place) as place_count

    from source_records

    full outer join accounted
        on
            source_records.entity = accounted.entity
            and source_records.record_key = accounted.record_key

    group by
        coalesce(source_records.entity, accounted.entity),
        coalesce(source_records.record_key, accounted.record_key)

),

unaccounted as (

    select * from compared

    where source_count != 1 or place_count != 1

)

select * from unaccounted
