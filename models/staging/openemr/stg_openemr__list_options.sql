{# One row per option of a list. #}
with

source as (

    select * from {{ source('raw_openemr', 'list_options') }}

),

extracted as (

    select
        system as source_system,
        id as raw_id,
        {{ json_texts('doc', {
            'list_id': '$.list_id',
            'option_id': '$.option_id',
            'title': '$.title',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        raw_id,
        texts['list_id'] as list_id,
        texts['option_id'] as option_id,
        texts['title'] as title
    from extracted

)

select * from renamed
