{# One row per clinical note. #}
with

source as (

    select * from {{ source('raw_openemr', 'form_clinical_notes') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'form_id': '$.form_id',
            'date': '$.date',
            'pid': '$.pid',
            'user': '$.user',
            'activity': '$.activity',
            'codetext': '$.codetext',
            'description': '$.description',
            'clinical_notes_type': '$.clinical_notes_type',
            'last_updated': '$.last_updated',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as clinical_note_id,
        texts['form_id'] as form_id,
        {{ openemr_date("texts['date']") }} as note_date,
        nullif(texts['pid'], '0') as patient_id,
        texts['user'] as username,
        texts['activity'] = '1' as is_active,
        texts['codetext'] as code_text,
        texts['description'] as body,
        texts['clinical_notes_type'] as note_type,
        {{ openemr_timestamp("texts['last_updated']") }} as modified_at_local
    from extracted

)

select * from renamed
