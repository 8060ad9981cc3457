{# One row per order. #}
with

source as (

    select * from {{ source('raw_openemr', 'procedure_order') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'procedure_order_id': '$.procedure_order_id',
            'provider_id': '$.provider_id',
            'patient_id': '$.patient_id',
            'date_ordered': '$.date_ordered',
            'activity': '$.activity',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['procedure_order_id'] as procedure_order_id,
        nullif(texts['provider_id'], '0') as provider_id,
        nullif(texts['patient_id'], '0') as patient_id,
        {{ openemr_date("texts['date_ordered']") }} as ordered_date,
        texts['activity'] = '1' as is_active
    from extracted

)

select * from renamed
