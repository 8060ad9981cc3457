{# One row per reminder. #}
with

source as (

    select * from {{ source('raw_openemr', 'patient_reminders') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'active': '$.active',
            'due_status': '$.due_status',
            'pid': '$.pid',
            'category': '$.category',
            'item': '$.item',
            'date_created': '$.date_created',
            'date_sent': '$.date_sent',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as patient_reminder_id,
        texts['active'] = '1' as is_active,
        texts['due_status'] as due_status,
        nullif(texts['pid'], '0') as patient_id,
        texts['category'] as category_code,
        texts['item'] as item_code,
        {{ openemr_timestamp("texts['date_created']") }} as created_at_local,
        {{ openemr_timestamp("texts['date_sent']") }} as sent_at_local
    from extracted

)

select * from renamed
