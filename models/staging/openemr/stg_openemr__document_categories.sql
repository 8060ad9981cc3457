{# One row per category of documents. #}
with

source as (

    select * from {{ source('raw_openemr', 'categories') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'name': '$.name',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as category_id,
        texts['name'] as category_name
    from extracted

)

select * from renamed
