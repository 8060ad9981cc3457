{# One row per contact: a person or a chart that others refer to. #}
with

source as (

    select * from {{ source('raw_openemr', 'contact') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'foreign_table_name': '$.foreign_table_name',
            'foreign_id': '$.foreign_id',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as contact_id,
        texts['foreign_table_name'] as owner_table,
        nullif(texts['foreign_id'], '0') as owner_id
    from extracted

)

select * from renamed
