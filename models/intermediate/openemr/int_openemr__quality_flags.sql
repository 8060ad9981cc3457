{# Dates of birth and of appointments that were written in part or that nobody can read. #}
with

dates as (

    select
        'patients' as entity,
        {{ clinic_key('source_system', 'patient', 'patient_id') }} as record_key,
        source_system,
        'birth_date' as column_name,
        birth_date_text as written,
        birth_date as understood
    from {{ ref('stg_openemr__patients') }}

    union all

    select
        'appointments' as entity,
        {{ clinic_key('source_system', 'appointment', 'calendar_event_id') }} as record_key,
        source_system,
        'start_at' as column_name,
        event_date_text as written,
        event_date as understood
    from {{ ref('stg_openemr__calendar_events') }}
    where patient_id is not null

),

flagged as (

    select
        entity,
        record_key,
        source_system,
        column_name,
        case when understood is null then 'unreadable_date' else 'partial_date' end as flag
    from dates
    where written is not null and written != coalesce(cast(understood as varchar), '')

)

select * from flagged
