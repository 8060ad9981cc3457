{# A line is loaded when its claim is. #}
with

claim_lines as (

    select * from {{ ref('int_clinic__claim_lines') }}

),

claims as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity = 'claims'

),

settled as (

    select
        claim_lines.claim_line_key as record_key,
        claim_lines.source_system,
        case
            when claims.record_key is null or claims.excluded_reason is not null
                then 'claim_excluded'
        end as excluded_reason

    from claim_lines

    left join claims on claim_lines.claim_key = claims.record_key

)

select * from settled
