{# One row per link of a person to that person's own chart. #}
with

source as (

    select * from {{ source('raw_openemr', 'person_patient_link') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'person_id': '$.person_id',
            'patient_id': '$.patient_id',
            'active': '$.active',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as person_patient_link_id,
        nullif(texts['person_id'], '0') as person_id,
        nullif(texts['patient_id'], '0') as chart_row_id,
        texts['active'] = '1' as is_active
    from extracted

)

select * from renamed
