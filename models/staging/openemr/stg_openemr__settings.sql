{# One row per setting. #}
with

source as (

    select * from {{ source('raw_openemr', 'globals') }}

),

extracted as (

    select
        system as source_system,
        id as raw_id,
        {{ json_texts('doc', {
            'gl_name': '$.gl_name',
            'gl_value': '$.gl_value',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        raw_id,
        texts['gl_name'] as setting_name,
        texts['gl_value'] as setting_value
    from extracted

)

select * from renamed
