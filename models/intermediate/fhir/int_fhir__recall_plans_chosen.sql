{#
    Which service requests are recalls: plans that repeat (`intent` plan with a period) and are no
    referral. What is due next follows from the last recall and the interval, where nothing is
    stated.
#}
with

service_requests as (

    select * from {{ ref('stg_fhir__service_requests') }}
    where intent_code = 'plan' and interval_count is not null

),

referrals as (

    select * from {{ ref('int_fhir__referral_requests_chosen') }}

),

chosen as (

    select
        service_requests.source_system,
        service_requests.service_request_id,
        service_requests.patient_id,
        service_requests.requester_reference,
        service_requests.service_name,
        service_requests.interval_unit,
        service_requests.note,
        service_requests.status_code,
        service_requests.authored_at_text,
        service_requests.authored_date,
        service_requests.occurrence_date,
        service_requests.created_at,
        service_requests.modified_at,
        {# Half a year is no whole number of years: such an interval stays unknown. #}
        case
            when service_requests.interval_count = floor(service_requests.interval_count)
                then cast(service_requests.interval_count as bigint)
        end as interval_count
    from service_requests
    left join referrals
        on
            service_requests.source_system = referrals.source_system
            and service_requests.service_request_id = referrals.service_request_id
    where referrals.service_request_id is null

)

select * from chosen
