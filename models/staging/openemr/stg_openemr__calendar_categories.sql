{# One row per category of events. #}
with

source as (

    select * from {{ source('raw_openemr', 'openemr_postcalendar_categories') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'pc_catid': '$.pc_catid',
            'pc_catname': '$.pc_catname',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['pc_catid'] as category_id,
        texts['pc_catname'] as category_name
    from extracted

)

select * from renamed
