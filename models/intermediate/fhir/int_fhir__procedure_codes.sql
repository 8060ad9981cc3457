{# Procedure and item codes in the clinic contract's columns. #}
with

procedure_codes as (

    select * from {{ ref('int_fhir__procedure_codes_deduplicated') }}

),

shaped as (

    select
        procedure_code_key,
        source_system,
        coalesce(code_system, 'unstated') || '/' || code as source_id,
        code_system,
        code,
        code_description as description,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as modified_at
    from procedure_codes

)

select * from shaped
