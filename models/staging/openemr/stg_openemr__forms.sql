{# One row per form of a visit; what is in it stands in a table of the form's kind. #}
with

source as (

    select * from {{ source('raw_openemr', 'forms') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'date': '$.date',
            'encounter': '$.encounter',
            'form_name': '$.form_name',
            'form_id': '$.form_id',
            'pid': '$.pid',
            'user': '$.user',
            'deleted': '$.deleted',
            'formdir': '$.formdir',
            'provider_id': '$.provider_id',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as form_row_id,
        {{ openemr_timestamp("texts['date']") }} as form_at_local,
        nullif(texts['encounter'], '0') as encounter_id,
        texts['form_name'] as form_name,
        texts['form_id'] as form_id,
        nullif(texts['pid'], '0') as patient_id,
        texts['user'] as username,
        texts['deleted'] = '1' as is_deleted,
        texts['formdir'] as form_kind,
        nullif(texts['provider_id'], '0') as provider_id
    from extracted

)

select * from renamed
