{#
    The order behind each laboratory result: the one that the result names, else the one that a
    report of it names (of several reports, the smallest order id, the same in every build).
#}
with

observations as (

    select * from {{ ref('stg_fhir__observations') }}

),

laboratory as (

    select * from {{ ref('int_fhir__laboratory_observations_chosen') }}

),

report_results as (

    select * from {{ ref('stg_fhir__diagnostic_reports__results') }}
    where observation_id is not null

),

diagnostic_reports as (

    select * from {{ ref('stg_fhir__diagnostic_reports') }}
    where service_request_id is not null

),

service_requests as (

    select * from {{ ref('stg_fhir__service_requests') }}

),

reported as (

    select
        report_results.source_system,
        report_results.observation_id,
        min(diagnostic_reports.service_request_id) as service_request_id
    from report_results
    inner join diagnostic_reports
        on
            report_results.source_system = diagnostic_reports.source_system
            and report_results.diagnostic_report_id = diagnostic_reports.diagnostic_report_id
    group by report_results.source_system, report_results.observation_id

),

named as (

    select
        observations.source_system,
        observations.observation_id,
        coalesce(observations.service_request_id, reported.service_request_id)
            as service_request_id
    from observations
    inner join laboratory
        on
            observations.source_system = laboratory.source_system
            and observations.observation_id = laboratory.observation_id
    left join reported
        on
            observations.source_system = reported.source_system
            and observations.observation_id = reported.observation_id

),

chosen as (

    select
        named.source_system,
        named.observation_id,
        service_requests.service_request_id,
        service_requests.requester_reference,
        service_requests.authored_date as ordered_date
    from named
    inner join service_requests
        on
            named.source_system = service_requests.source_system
            and named.service_request_id = service_requests.service_request_id

)

select * from chosen
