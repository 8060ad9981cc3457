{#
    Which service requests are referrals: those with the SNOMED category 3457005 (patient
    referral).
#}
with

categories as (

    select * from {{ ref('stg_fhir__service_requests__categories') }}
    where category_code = '3457005' or second_category_code = '3457005'

),

chosen as (

    select
        source_system,
        service_request_id
    from categories
    group by source_system, service_request_id

)

select * from chosen
