{#
    Referrals in the clinic contract's columns. The source is the outsider or the practice that
    asked; a colleague on the roster is no referral source, so such a referral names none.
#}
with

service_requests as (

    select * from {{ ref('stg_fhir__service_requests') }}

),

requesters as (

    select * from {{ ref('int_fhir__referral_requesters_resolved') }}

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'ServiceRequest'

),

shaped as (

    select
        {{ clinic_key(
            'service_requests.source_system', 'referral', 'service_requests.service_request_id'
        ) }} as referral_key,
        service_requests.source_system,
        service_requests.service_request_id as source_id,
        requesters.referral_source_key,
        {{ clinic_key('service_requests.source_system', 'patient', 'service_requests.patient_id') }}
            as patient_key,
        coalesce(service_requests.reason, service_requests.service_name) as referral_reason,
        extensions.relationship_type,
        extensions.referral_volume,
        service_requests.status_code,
        service_requests.authored_date as referral_date,
        coalesce(extensions.created_at, service_requests.created_at) as created_at,
        service_requests.modified_at
    from service_requests
    inner join requesters
        on
            service_requests.source_system = requesters.source_system
            and service_requests.service_request_id = requesters.service_request_id
    left join extensions
        on
            service_requests.source_system = extensions.source_system
            and service_requests.service_request_id = extensions.resource_id

)

select * from shaped
