{#
    Texts that no field takes as they are: they stand in a companion field. A row that no single
    record stands behind, such as a household, is told by the kind in its key.
#}
with

companions as (

    {{ union_of_text_flags() }}

),

source_records as (

    select * from {{ ref('int_clinic__source_records') }}

),

flags as (

    select
        coalesce(source_records.entity, split_part(companions.record_key, ':', 2)) as entity,
        companions.record_key,
        companions.flag,
        companions.field,
        cast(null as string) as detail

    from companions

    left join source_records on companions.record_key = source_records.record_key

)

select * from flags
