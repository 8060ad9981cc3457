{#
    Lines of invoices in the clinic contract's columns, with their tax, as the invoice's total has
    it. What has no code of the practice's goes by its name.
#}
with

invoice_items as (

    select * from {{ ref('stg_cliniko__invoice_items') }}

),

invoices as (

    select * from {{ ref('stg_cliniko__invoices') }}

),

shaped as (

    select
        {{ clinic_key(
            'invoice_items.source_system', 'claim_line', 'invoice_items.invoice_item_id'
        ) }} as claim_line_key,
        invoice_items.source_system,
        invoice_items.invoice_item_id as source_id,
        {{ clinic_key('invoice_items.source_system', 'claim', 'invoice_items.invoice_id') }}
            as claim_key,
        row_number() over (
            partition by invoice_items.source_system, invoice_items.invoice_id
            order by try_cast(invoice_items.invoice_item_id as bigint)
        ) as line_number,
        {{ clinic_key(
            'invoice_items.source_system',
            'procedure_code',
            'coalesce(invoice_items.item_code, invoice_items.item_name)'
        ) }} as procedure_code_key,
        'cliniko' as code_system,
        coalesce(invoice_items.item_code, invoice_items.item_name) as code,
        invoice_items.item_name as code_description,
        cast(null as varchar) as modifiers,
        invoices.issue_date as service_date,
        invoice_items.quantity,
        invoice_items.unit_price,
        invoice_items.total_including_tax as net,
        {{ clinic_key('invoice_items.source_system', 'location', 'invoices.business_id') }}
            as location_key,
        invoice_items.created_at,
        invoice_items.modified_at
    from invoice_items
    left join invoices
        on
            invoice_items.source_system = invoices.source_system
            and invoice_items.invoice_id = invoices.invoice_id

)

select * from shaped
