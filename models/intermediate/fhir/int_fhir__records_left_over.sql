{#
    Raw records that feed no entity: `supporting` where another record needs them, else `unused` with
    the reason of their type.
#}
with

raw_records as (

    select * from {{ ref('int_fhir__raw_records') }}

),

records_shaped as (

    select * from {{ ref('int_fhir__records_shaped') }}

),

records_supporting as (

    select * from {{ ref('int_fhir__records_supporting') }}

),

shaped_once as (

    select
        source_system,
        raw_table,
        raw_id
    from records_shaped
    group by source_system, raw_table, raw_id

),

left_over as (

    select
        raw_records.source_system,
        raw_records.raw_table,
        raw_records.raw_id,
        records_supporting.raw_id is not null as is_supporting
    from raw_records
    left join shaped_once
        on
            raw_records.source_system = shaped_once.source_system
            and raw_records.raw_table = shaped_once.raw_table
            and raw_records.raw_id = shaped_once.raw_id
    left join records_supporting
        on
            raw_records.source_system = records_supporting.source_system
            and raw_records.raw_table = records_supporting.raw_table
            and raw_records.raw_id = records_supporting.raw_id
    where shaped_once.raw_id is null

),

reasons as (

    select * from {{ ref('fhir_unused_reasons') }}

),

explained as (

    select
        case when left_over.is_supporting then 'supporting' else 'unused' end as entity,
        left_over.source_system
        || ':'
        || left_over.raw_table
        || ':'
        || {{ clinic_key_part('left_over.raw_id') }} as record_key,
        left_over.source_system,
        left_over.raw_table,
        left_over.raw_id,
        case
            when not left_over.is_supporting
                then coalesce(reasons.excluded_reason, 'no_clinic_entity')
        end as excluded_reason,
        case when not left_over.is_supporting then reasons.excluded_detail end as excluded_detail
    from left_over
    left join reasons
        on left_over.raw_table = reasons.raw_table

)

select * from explained
