{# One row per telephone number, which stands in three parts. #}
with

source as (

    select * from {{ source('raw_openemr', 'phone_numbers') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'area_code': '$.area_code',
            'prefix': '$.prefix',
            'number': '$.number',
            'type': '$.type',
            'foreign_id': '$.foreign_id',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as phone_number_id,
        texts['area_code'] as area_code,
        texts['prefix'] as exchange_code,
        texts['number'] as line_number,
        texts['type'] as number_type,
        nullif(texts['foreign_id'], '0') as owner_id
    from extracted

)

select * from renamed
