{# The next recall of a living patient, as an open Task on the day it is due. #}
with

recalls as (

    select * from {{ ref('int_clinic__recalls') }}

),

settled as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity = 'recalls' and excluded_reason is null

),

schedules as (

    select * from {{ ref('int_recalls_scheduled') }}

    where needs_task and next_due_date is not null

),

providers as (

    select * from {{ ref('int_providers_matched_to_owners') }}

),

tasks as (

    select
        {{ derived_key('recalls.recall_key', 'recall_task') }} as task_key,
        settled.patient_key,
        settled.household_key,
        coalesce(providers.owner_email, settled.owner_email) as owner_email,
        providers.provider_key,
        cast(null as string) as location_key,
        'Recall' as task_subject,
        'Not Started' as task_status,
        'Call' as task_type,
        'Task' as task_subtype,
        cast(null as string) as call_type,
        cast(null as string) as task_text,
        recalls.status_code as source_status,
        schedules.next_due_date as activity_date,
        cast(null as timestamp) as original_start_at,
        cast(null as timestamp) as original_end_at,
        recalls.created_at,
        recalls.modified_at

    from recalls

    inner join settled on recalls.recall_key = settled.record_key

    inner join schedules on recalls.recall_key = schedules.recall_key

    left join providers on recalls.provider_key = providers.provider_key

)

select * from tasks
