{#
    Raw records that are no record of any entity, yet that one is made with: the payer's answer to a
    claim, the bytes of a file, the order and the report of a laboratory result, the account that
    decides a household, a role without a place, the clinic itself.
#}
with

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

claim_responses as (

    select * from {{ ref('stg_fhir__claim_responses') }}

),

explanations_of_benefit as (

    select * from {{ ref('stg_fhir__explanations_of_benefit') }}

),

laboratory as (

    select * from {{ ref('int_fhir__laboratory_observations_chosen') }}

),

report_results as (

    select * from {{ ref('stg_fhir__diagnostic_reports__results') }}

),

told as (

    select
        claim_responses.source_system,
        'claim_response' as raw_table,
        claim_responses.claim_response_id as raw_id
    from claim_responses
    inner join claims
        on
            claim_responses.source_system = claims.source_system
            and claim_responses.claim_id = claims.claim_id

    union all

    select
        explanations_of_benefit.source_system,
        'explanation_of_benefit' as raw_table,
        explanations_of_benefit.explanation_of_benefit_id as raw_id
    from explanations_of_benefit
    inner join claims
        on
            explanations_of_benefit.source_system = claims.source_system
            and explanations_of_benefit.claim_id = claims.claim_id

    union all

    select
        source_system,
        'binary' as raw_table,
        binary_id as raw_id
    from {{ ref('stg_fhir__attachments') }}

    union all

    select
        report_results.source_system,
        'diagnostic_report' as raw_table,
        report_results.diagnostic_report_id as raw_id
    from report_results
    inner join laboratory
        on
            report_results.source_system = laboratory.source_system
            and report_results.observation_id = laboratory.observation_id

    union all

    select
        source_system,
        'service_request' as raw_table,
        service_request_id as raw_id
    from {{ ref('int_fhir__lab_orders_chosen') }}

    union all

    select
        source_system,
        raw_table,
        raw_id
    from {{ ref('int_fhir__raw_records') }}
    where raw_table in ('account', 'organization', 'practitioner_role')

),

told_once as (

    select
        source_system,
        raw_table,
        raw_id
    from told
    where raw_id is not null
    group by source_system, raw_table, raw_id

)

select * from told_once
