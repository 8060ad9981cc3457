{# One row per entry of the recall board. #}
with

source as (

    select * from {{ source('raw_openemr', 'medex_recalls') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'r_id': '$.r_ID',
            'r_pid': '$.r_pid',
            'r_eventdate': '$.r_eventDate',
            'r_facility': '$.r_facility',
            'r_provider': '$.r_provider',
            'r_reason': '$.r_reason',
            'r_created': '$.r_created',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['r_id'] as recall_id,
        nullif(texts['r_pid'], '0') as patient_id,
        {{ openemr_date("texts['r_eventdate']") }} as due_date,
        nullif(texts['r_facility'], '0') as facility_id,
        nullif(texts['r_provider'], '0') as provider_id,
        texts['r_reason'] as reason,
        {{ openemr_timestamp("texts['r_created']") }} as created_at
    from extracted

)

select * from renamed
