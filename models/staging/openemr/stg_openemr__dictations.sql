{# One row per dictation. #}
with

source as (

    select * from {{ source('raw_openemr', 'form_dictation') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'date': '$.date',
            'pid': '$.pid',
            'user': '$.user',
            'activity': '$.activity',
            'dictation': '$.dictation',
            'additional_notes': '$.additional_notes',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as dictation_id,
        {{ openemr_timestamp("texts['date']") }} as note_at_local,
        nullif(texts['pid'], '0') as patient_id,
        texts['user'] as username,
        texts['activity'] = '1' as is_active,
        texts['dictation'] as dictation,
        texts['additional_notes'] as additional_notes
    from extracted

)

select * from renamed
