{# One row per filled-in field of a layout-based form. #}
with

source as (

    select * from {{ source('raw_openemr', 'lbf_data') }}

),

extracted as (

    select
        system as source_system,
        id as raw_id,
        {{ json_texts('doc', {
            'form_id': '$.form_id',
            'field_id': '$.field_id',
            'field_value': '$.field_value',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        raw_id,
        texts['form_id'] as form_id,
        texts['field_id'] as field_id,
        texts['field_value'] as field_value
    from extracted

)

select * from renamed
