{#
    Recalls in the clinic contract's columns: the recall board, and reminders that a clinical rule
    gave rise to. The two share one key space: `board/<id>`, `reminder/<id>`. Neither says how often: a rule's interval is the
    practice's, not the patient's.
#}
with

board as (

    select * from {{ ref('stg_openemr__recalls') }}

),

reminders as (

    select * from {{ ref('stg_openemr__patient_reminders') }}

),

items as (

    select
        source_system,
        option_id,
        title
    from {{ ref('stg_openemr__list_options') }}
    where list_id = 'rule_action'

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

shaped as (

    select
        {{ clinic_key('board.source_system', 'recall', ["'board'", 'board.recall_id']) }}
            as recall_key,
        board.source_system,
        'board/' || board.recall_id as source_id,
        {{ clinic_key('board.source_system', 'patient', 'board.patient_id') }} as patient_key,
        {{ clinic_key('board.source_system', 'provider', 'board.provider_id') }} as provider_key,
        coalesce(board.reason, 'Recall') as recall_type,
        cast(null as bigint) as interval_count,
        cast(null as varchar) as interval_unit,
        cast(null as date) as last_recall_date,
        board.due_date as next_due_date,
        cast(null as varchar) as note,
        'active' as status_code,
        board.created_at,
        cast(null as timestamp) as modified_at,
        'medex_recalls' as raw_table,
        board.recall_id as raw_id
    from board

    union all

    select
        {{ clinic_key(
            'reminders.source_system', 'recall', ["'reminder'", 'reminders.patient_reminder_id']
        ) }} as recall_key,
        reminders.source_system,
        'reminder/' || reminders.patient_reminder_id as source_id,
        {{ clinic_key('reminders.source_system', 'patient', 'reminders.patient_id') }}
            as patient_key,
        cast(null as varchar) as provider_key,
        coalesce(items.title, reminders.item_code) as recall_type,
        cast(null as bigint) as interval_count,
        cast(null as varchar) as interval_unit,
        cast(reminders.sent_at_local as date) as last_recall_date,
        case when reminders.is_active then cast(reminders.created_at_local as date) end
            as next_due_date,
        reminders.due_status as note,
        case when reminders.is_active then 'active' else 'completed' end as status_code,
        {{ utc_from_local('reminders.created_at_local', 'clinics.time_zone') }} as created_at,
        cast(null as timestamp) as modified_at,
        'patient_reminders' as raw_table,
        reminders.patient_reminder_id as raw_id
    from reminders
    inner join clinics on reminders.source_system = clinics.source_system
    left join items
        on
            reminders.source_system = items.source_system
            and reminders.item_code = items.option_id

)

select * from shaped
