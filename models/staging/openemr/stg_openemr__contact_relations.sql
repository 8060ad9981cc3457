{# One row per relation of a contact to a chart. #}
with

source as (

    select * from {{ source('raw_openemr', 'contact_relation') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'contact_id': '$.contact_id',
            'target_table': '$.target_table',
            'target_id': '$.target_id',
            'active': '$.active',
            'relationship': '$.relationship',
            'created_date': '$.created_date',
            'updated_date': '$.updated_date',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as contact_relation_id,
        nullif(texts['contact_id'], '0') as contact_id,
        texts['target_table'] as target_table,
        nullif(texts['target_id'], '0') as target_id,
        texts['active'] = '1' as is_active,
        texts['relationship'] as relationship_code,
        {{ openemr_timestamp("texts['created_date']") }} as created_at_local,
        {{ openemr_timestamp("texts['updated_date']") }} as modified_at_local
    from extracted

)

select * from renamed
