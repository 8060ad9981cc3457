{# The codes that were charged, each with the words of its first line, and the row of that line. #}
with

claim_lines as (

    select * from {{ ref('int_cliniko__claim_lines') }}
    where procedure_code_key is not null

),

shaped as (

    select
        procedure_code_key,
        source_system,
        any_value(code) as source_id,
        any_value(code_system) as code_system,
        any_value(code) as code,
        coalesce(
            min_by(code_description, try_cast(source_id as bigint)), any_value(code)
        ) as description,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as modified_at,
        min_by(source_id, try_cast(source_id as bigint)) as raw_id
    from claim_lines
    group by procedure_code_key, source_system

)

select * from shaped
