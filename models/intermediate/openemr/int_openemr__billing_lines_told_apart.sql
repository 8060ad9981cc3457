{# What each line of a fee sheet is: a charge, a diagnosis, a copay, or struck out. #}
with

billing_lines as (

    select * from {{ ref('stg_openemr__billing_lines') }}

),

kinds as (

    select * from {{ ref('openemr_code_types') }}

),

told_apart as (

    select
        billing_lines.source_system,
        billing_lines.billing_line_id,
        billing_lines.patient_id,
        billing_lines.encounter_id,
        case
            when not coalesce(billing_lines.is_active, true) then 'struck_out'
            when billing_lines.patient_id is null or billing_lines.encounter_id is null
                then 'without_visit'
            else coalesce(kinds.line_kind, 'charge')
        end as line_kind
    from billing_lines
    left join kinds on billing_lines.code_type = kinds.code_type

)

select * from told_apart
