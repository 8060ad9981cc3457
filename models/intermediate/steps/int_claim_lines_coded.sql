{# The product that each line is sold as: its code where the code exists, else its system's one. #}
with

claim_lines as (

    select * from {{ ref('int_clinic__claim_lines') }}

),

settled as (

    select * from {{ ref('int_claim_lines_settled') }}

    where excluded_reason is null

),

procedure_codes as (

    select * from {{ ref('int_clinic__procedure_codes') }}

),

coded as (

    select
        claim_lines.claim_line_key,
        claim_lines.source_system,
        coalesce(
            procedure_codes.procedure_code_key,
            claim_lines.source_system || ':uncoded_service:claim_line'
        ) as product_key,
        procedure_codes.procedure_code_key is null as is_uncoded

    from claim_lines

    inner join settled on claim_lines.claim_line_key = settled.record_key

    left join procedure_codes
        on claim_lines.procedure_code_key = procedure_codes.procedure_code_key

)

select * from coded
