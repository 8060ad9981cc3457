{# One row per line of an invoice. #}
with

source as (

    select * from {{ source('raw_cliniko', 'invoice_items') }}

),

extracted as (

    select
        system as source_system,
        id as invoice_item_id,
        {{ json_texts('doc', {
            'invoice_id': '$.invoice.links.self',
            'item_name': '$.name',
            'item_code': '$.code',
            'quantity': '$.quantity',
            'unit_price': '$.unit_price',
            'total_including_tax': '$.total_including_tax',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        invoice_item_id,
        {{ linked_id("texts['invoice_id']") }} as invoice_id,
        texts['item_name'] as item_name,
        texts['item_code'] as item_code,
        try_cast(texts['quantity'] as decimal(18, 2)) as quantity,
        try_cast(texts['unit_price'] as decimal(18, 2)) as unit_price,
        try_cast(texts['total_including_tax'] as decimal(18, 2)) as total_including_tax,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
