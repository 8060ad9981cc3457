{#
    What a payer's answer leaves to the patient, and the first reason it gives for a refusal, over all
    lines of the answer. Categories that mean neither are left out.
#}
with

adjudications as (

    select * from {{ ref('stg_fhir__adjudications') }}

),

adjudication_kinds as (

    select * from {{ ref('fhir_adjudication_kinds') }}

),

sums as (

    select
        adjudications.source_system,
        adjudications.resource_type,
        adjudications.resource_id,
        sum(adjudications.amount) filter (
            where adjudication_kinds.kind = 'patient_responsibility'
        ) as patient_responsibility,
        min_by(
            adjudications.reason,
            adjudications.item_ordinal * 1000000 + adjudications.ordinal
        ) filter (where adjudication_kinds.kind = 'denied') as denial_reason
    from adjudications
    inner join adjudication_kinds
        on lower(adjudications.category_code) = adjudication_kinds.category_code
    group by
        adjudications.source_system, adjudications.resource_type, adjudications.resource_id

)

select * from sums
