{# Calls, messages and letters in the shape of a Task: closed, on the day they were sent. #}
with

communications as (

    select * from {{ ref('int_clinic__communications') }}

),

settled as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity = 'communications' and excluded_reason is null

),

texts as (

    select * from {{ ref('int_activity_texts_joined') }}

    where entity = 'communications'

),

providers as (

    select * from {{ ref('int_providers_matched_to_owners') }}

),

types as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'communication_medium'

),

subtypes as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'communication_subtype'

),

directions as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'communication_direction'

),

tasks as (

    select
        communications.communication_key as task_key,
        settled.patient_key,
        settled.household_key,
        coalesce(providers.owner_email, settled.owner_email) as owner_email,
        providers.provider_key,
        cast(null as string) as location_key,
        coalesce(types.salesforce_value, 'Other') as task_subject,
        'Completed' as task_status,
        coalesce(types.salesforce_value, 'Other') as task_type,
        coalesce(subtypes.salesforce_value, 'Task') as task_subtype,
        case when subtypes.salesforce_value = 'Call' then directions.salesforce_value end
            as call_type,
        texts.fitting_text as task_text,
        communications.status_code as source_status,
        cast(
            coalesce(communications.sent_at, communications.received_at, communications.created_at)
            as date
        ) as activity_date,
        communications.sent_at as original_start_at,
        communications.received_at as original_end_at,
        communications.created_at,
        communications.modified_at

    from communications

    inner join settled on communications.communication_key = settled.record_key

    left join texts on communications.communication_key = texts.record_key

    left join providers on communications.sender_provider_key = providers.provider_key

    left join types
        on
            communications.source_system = types.source_system
            and communications.medium_code = types.source_value

    left join subtypes
        on
            communications.source_system = subtypes.source_system
            and communications.medium_code = subtypes.source_value

    left join directions
        on
            communications.source_system = directions.source_system
            and communications.direction = directions.source_value

)

select * from tasks
