{# One row per event of the calendar: with a patient an appointment, else a provider's hours. #}
with

source as (

    select * from {{ source('raw_openemr', 'openemr_postcalendar_events') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'pc_eid': '$.pc_eid',
            'pc_catid': '$.pc_catid',
            'pc_aid': '$.pc_aid',
            'pc_pid': '$.pc_pid',
            'pc_title': '$.pc_title',
            'pc_hometext': '$.pc_hometext',
            'pc_eventdate': '$.pc_eventDate',
            'pc_enddate': '$.pc_endDate',
            'pc_duration': '$.pc_duration',
            'pc_recurrtype': '$.pc_recurrtype',
            'pc_starttime': '$.pc_startTime',
            'pc_endtime': '$.pc_endTime',
            'pc_apptstatus': '$.pc_apptstatus',
            'pc_facility': '$.pc_facility',
            'pc_room': '$.pc_room',
            'pc_time': '$.pc_time',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['pc_eid'] as calendar_event_id,
        texts['pc_catid'] as category_id,
        nullif(texts['pc_aid'], '0') as user_id,
        nullif(texts['pc_pid'], '0') as patient_id,
        texts['pc_title'] as title,
        texts['pc_hometext'] as comment,
        texts['pc_eventdate'] as event_date_text,
        {{ plausible_moment(openemr_date("texts['pc_eventdate']")) }} as event_date,
        {{ openemr_date("texts['pc_enddate']") }} as last_date,
        try_cast(texts['pc_duration'] as bigint) as duration_seconds,
        texts['pc_recurrtype'] as recurrence_type,
        texts['pc_starttime'] as start_time,
        texts['pc_endtime'] as end_time,
        texts['pc_apptstatus'] as status_code,
        nullif(texts['pc_facility'], '0') as facility_id,
        texts['pc_room'] as room,
        {{ openemr_timestamp("texts['pc_time']") }} as entered_at_local
    from extracted

)

select * from renamed
