{# source = merged + excluded + mart for each entity, and every entity of the source is listed. #}
with

row_counts as (

    select * from {{ ref('audit_row_counts') }}

),

source_entities as (

    select entity from {{ ref('int_clinic__source_records') }}

    where entity not in ('supporting', 'unused')

    group by entity

),

gaps as (

    select
        source_entities.entity,
        row_counts.source_rows

    from source_entities

    left join row_counts on source_entities.entity = row_counts.entity

    where
        row_counts.entity is null
        or row_counts.source_rows
        != row_counts.merged_rows + row_counts.excluded_rows + row_counts.mart_rows

)

select * from gaps
