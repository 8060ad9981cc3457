{# One row per insurance company. #}
with

source as (

    select * from {{ source('raw_openemr', 'insurance_companies') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'name': '$.name',
            'cms_id': '$.cms_id',
            'inactive': '$.inactive',
            'date_created': '$.date_created',
            'last_updated': '$.last_updated',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as insurance_company_id,
        texts['name'] as company_name,
        texts['cms_id'] as payer_id,
        texts['inactive'] = '1' as is_inactive,
        {{ openemr_timestamp("texts['date_created']") }} as created_at_local,
        {{ openemr_timestamp("texts['last_updated']") }} as modified_at_local
    from extracted

)

select * from renamed
