{#
    Recalls in the clinic contract's columns: repeating plans (key `recall`) and single reminders
    (CommunicationRequest, key `reminder`; the two types may share ids).
#}
with

plans as (

    select * from {{ ref('int_fhir__recall_plans_chosen') }}

),

communication_requests as (

    select * from {{ ref('stg_fhir__communication_requests') }}

),

references_resolved as (

    select * from {{ ref('int_fhir__practitioner_references_resolved') }}

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type in ('ServiceRequest', 'CommunicationRequest')

),

shaped as (

    select
        {{ clinic_key('plans.source_system', 'recall', 'plans.service_request_id') }} as recall_key,
        plans.source_system,
        plans.service_request_id as source_id,
        {{ clinic_key('plans.source_system', 'patient', 'plans.patient_id') }} as patient_key,
        {{ clinic_key('plans.source_system', 'provider', 'references_resolved.practitioner_id') }}
            as provider_key,
        plans.service_name as recall_type,
        plans.interval_count,
        plans.interval_unit,
        plans.authored_date as last_recall_date,
        coalesce(
            plans.occurrence_date,
            {{ date_after('plans.authored_date', 'plans.interval_count', 'plans.interval_unit') }}
        ) as next_due_date,
        plans.note,
        plans.status_code,
        coalesce(extensions.created_at, plans.created_at) as created_at,
        plans.modified_at
    from plans
    left join references_resolved
        on
            plans.source_system = references_resolved.source_system
            and plans.requester_reference = references_resolved.reference
    left join extensions
        on
            plans.source_system = extensions.source_system
            and plans.service_request_id = extensions.resource_id
            and extensions.resource_type = 'ServiceRequest'

    union all

    select
        {{ clinic_key(
            'communication_requests.source_system',
            'reminder',
            'communication_requests.communication_request_id'
        ) }} as recall_key,
        communication_requests.source_system,
        communication_requests.communication_request_id as source_id,
        {{ clinic_key(
            'communication_requests.source_system', 'patient', 'communication_requests.patient_id'
        ) }} as patient_key,
        {{ clinic_key(
            'communication_requests.source_system',
            'provider',
            'references_resolved.practitioner_id'
        ) }} as provider_key,
        communication_requests.recall_type,
        cast(null as bigint) as interval_count,
        cast(null as varchar) as interval_unit,
        cast(null as date) as last_recall_date,
        communication_requests.next_due_date,
        communication_requests.note,
        communication_requests.status_code,
        coalesce(extensions.created_at, communication_requests.created_at) as created_at,
        communication_requests.modified_at
    from communication_requests
    left join references_resolved
        on
            communication_requests.source_system = references_resolved.source_system
            and communication_requests.requester_reference = references_resolved.reference
    left join extensions
        on
            communication_requests.source_system = extensions.source_system
            and communication_requests.communication_request_id = extensions.resource_id
            and extensions.resource_type = 'CommunicationRequest'

)

select * from shaped
