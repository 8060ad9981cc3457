{# The fee of each charge that stands, by visit. #}
with

billing_lines as (

    select * from {{ ref('stg_openemr__billing_lines') }}

),

told_apart as (

    select * from {{ ref('int_openemr__billing_lines_told_apart') }}
    where line_kind = 'charge'

),

charged as (

    select
        billing_lines.source_system,
        billing_lines.patient_id,
        billing_lines.encounter_id,
        billing_lines.fee
    from billing_lines
    inner join told_apart
        on
            billing_lines.source_system = told_apart.source_system
            and billing_lines.billing_line_id = told_apart.billing_line_id

)

select * from charged
