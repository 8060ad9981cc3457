{# One row per test of an order. #}
with

source as (

    select * from {{ source('raw_openemr', 'procedure_order_code') }}

),

extracted as (

    select
        system as source_system,
        id as raw_id,
        {{ json_texts('doc', {
            'procedure_order_id': '$.procedure_order_id',
            'procedure_order_seq': '$.procedure_order_seq',
            'procedure_name': '$.procedure_name',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        raw_id,
        texts['procedure_order_id'] as procedure_order_id,
        texts['procedure_order_seq'] as sequence_number,
        texts['procedure_name'] as procedure_name
    from extracted

)

select * from renamed
