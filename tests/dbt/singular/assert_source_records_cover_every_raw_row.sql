{#
    Raw rows and int_clinic__source_records tell of the same rows: none vanished on the way, and none
    was made up.
#}
with

raw_rows as (

    {{ union_of_sources('raw_records') }}

),

told_rows as (

    {# One raw row may feed several records: only the row itself is compared. #}
    select
        source_system,
        raw_table,
        raw_id
    from {{ ref('int_clinic__source_records') }}
    group by source_system, raw_table, raw_id

),

compared as (

    select
        coalesce(raw_rows.source_system, told_rows.source_system) as source_system,
        coalesce(raw_rows.raw_table, told_rows.raw_table) as raw_table,
        coalesce(raw_rows.raw_id, told_rows.raw_id) as raw_id,
        raw_rows.raw_id is null as is_made_up,
        told_rows.raw_id is null as has_vanished
    from raw_rows
    full outer join told_rows
        on
            raw_rows.source_system = told_rows.source_system
            and raw_rows.raw_table = told_rows.raw_table
            and raw_rows.raw_id = told_rows.raw_id

),

differences as (

    select * from compared
    where is_made_up or has_vanished

)

select * from differences
