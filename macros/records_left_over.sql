{#
    The raw records of a source that feed no entity: `supporting` where another record needs them,
    else `unused` with the reason of their type. It is a whole select statement: the body of a CTE.
#}
{% macro records_left_over(source) -%}
    select
        case when supporting.raw_id is not null then 'supporting' else 'unused' end as entity,
        raw_records.source_system
        || ':'
        || raw_records.raw_table
        || ':'
        || {{ clinic_key_part('raw_records.raw_id') }} as record_key,
        raw_records.source_system,
        raw_records.raw_table,
        raw_records.raw_id,
        case
            when supporting.raw_id is null
                then coalesce(reasons.excluded_reason, 'no_clinic_entity')
        end as excluded_reason,
        case when supporting.raw_id is null then reasons.excluded_detail end as excluded_detail
    from {{ ref('int_' ~ source ~ '__raw_records') }} as raw_records
    left join {{ ref('int_' ~ source ~ '__records_supporting') }} as supporting
        on
            raw_records.source_system = supporting.source_system
            and raw_records.raw_table = supporting.raw_table
            and raw_records.raw_id = supporting.raw_id
    left join {{ ref(source ~ '_unused_reasons') }} as reasons
        on raw_records.raw_table = reasons.raw_table
    where not exists (
        select 1
        from {{ ref('int_' ~ source ~ '__records_shaped') }} as shaped
        where
            raw_records.source_system = shaped.source_system
            and raw_records.raw_table = shaped.raw_table
            and raw_records.raw_id = shaped.raw_id
    )
{%- endmacro %}
