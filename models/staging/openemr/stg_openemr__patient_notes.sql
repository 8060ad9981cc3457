{# One row per note among staff about a patient. #}
with

source as (

    select * from {{ source('raw_openemr', 'pnotes') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'date': '$.date',
            'body': '$.body',
            'pid': '$.pid',
            'user': '$.user',
            'activity': '$.activity',
            'title': '$.title',
            'deleted': '$.deleted',
            'message_status': '$.message_status',
            'is_msg_encrypted': '$.is_msg_encrypted',
            'update_date': '$.update_date',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as patient_note_id,
        {{ openemr_timestamp("texts['date']") }} as note_at_local,
        texts['body'] as body,
        nullif(texts['pid'], '0') as patient_id,
        texts['user'] as username,
        texts['activity'] = '1' as is_active,
        texts['title'] as title,
        texts['deleted'] = '1' as is_deleted,
        texts['message_status'] as message_status,
        texts['is_msg_encrypted'] = '1' as is_encrypted,
        {{ openemr_timestamp("texts['update_date']") }} as updated_at_local
    from extracted

)

select * from renamed
