{# One row per SOAP note. #}
with

source as (

    select * from {{ source('raw_openemr', 'form_soap') }}

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
            'subjective': '$.subjective',
            'objective': '$.objective',
            'assessment': '$.assessment',
            'plan': '$.plan',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as soap_note_id,
        {{ openemr_timestamp("texts['date']") }} as note_at_local,
        nullif(texts['pid'], '0') as patient_id,
        texts['user'] as username,
        texts['activity'] = '1' as is_active,
        texts['subjective'] as subjective,
        texts['objective'] as objective,
        texts['assessment'] as assessment,
        texts['plan'] as plan
    from extracted

)

select * from renamed
