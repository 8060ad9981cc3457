{# A raw row that is not used has a reason, and one that is used has none. #}
with

source_records as (

    select * from {{ ref('int_clinic__source_records') }}

),

unexplained as (

    select
        entity,
        record_key,
        excluded_reason
    from source_records
    where
        (entity = 'unused' and excluded_reason is null)
        or (entity not in ('unused', 'custom_field_values') and excluded_reason is not null)

)

select * from unexplained
