{# One row per user, facility and warehouse. #}
with

source as (

    select * from {{ source('raw_openemr', 'users_facility') }}

),

extracted as (

    select
        system as source_system,
        id as raw_id,
        {{ json_texts('doc', {
            'tablename': '$.tablename',
            'table_id': '$.table_id',
            'facility_id': '$.facility_id',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        raw_id,
        texts['tablename'] as owner_table,
        texts['table_id'] as owner_id,
        texts['facility_id'] as facility_id
    from extracted

)

select * from renamed
