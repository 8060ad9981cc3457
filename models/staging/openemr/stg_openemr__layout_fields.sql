{# One row per field of a layout. #}
with

source as (

    select * from {{ source('raw_openemr', 'layout_options') }}

),

extracted as (

    select
        system as source_system,
        id as raw_id,
        {{ json_texts('doc', {
            'form_id': '$.form_id',
            'field_id': '$.field_id',
            'title': '$.title',
            'seq': '$.seq',
            'uor': '$.uor',
            'data_type': '$.data_type',
            'list_id': '$.list_id',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        raw_id,
        texts['form_id'] as layout_id,
        texts['field_id'] as field_id,
        texts['title'] as title,
        try_cast(texts['seq'] as bigint) as sequence_number,
        texts['uor'] as use_code,
        texts['data_type'] as data_type,
        texts['list_id'] as list_id
    from extracted

)

select * from renamed
