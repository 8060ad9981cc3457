{# One row per article in stock. #}
with

source as (

    select * from {{ source('raw_openemr', 'drugs') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'drug_id': '$.drug_id',
            'name': '$.name',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['drug_id'] as drug_id,
        texts['name'] as drug_name
    from extracted

)

select * from renamed
