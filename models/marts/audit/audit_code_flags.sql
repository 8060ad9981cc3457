{# Codes that no crosswalk lists: the record has the concept's fallback, and keeps the raw code. #}
with

codes as (

    select * from {{ ref('int_codes_used') }}

),

unknown_codes as (

    select * from {{ ref('int_codes_mapped') }}

    where is_unknown

),

flags as (

    select
        codes.entity,
        codes.record_key,
        'unknown_code' as flag,
        codes.concept as field,
        codes.source_value as detail

    from codes

    inner join unknown_codes
        on
            codes.concept = unknown_codes.concept
            and codes.source_system = unknown_codes.source_system
            and codes.source_value = unknown_codes.source_value

)

select * from flags
