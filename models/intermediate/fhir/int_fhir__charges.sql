{# Charges to patients (Invoice) as ledger entries. #}
with

invoices as (

    select * from {{ ref('stg_fhir__invoices') }}

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'Invoice'

),

shaped as (

    select
        {{ clinic_key('invoices.source_system', 'invoice', 'invoices.invoice_id') }}
            as ledger_entry_key,
        invoices.source_system,
        invoices.invoice_id as source_id,
        {{ clinic_key(
            'invoices.source_system',
            'patient',
            'coalesce(invoices.patient_id, invoices.recipient_patient_id)'
        ) }} as patient_key,
        cast(null as varchar) as claim_key,
        'charge' as entry_type,
        invoices.amount,
        invoices.currency,
        cast(null as varchar) as method_code,
        invoices.reference_number,
        invoices.description,
        invoices.status_code,
        invoices.invoice_date as entry_date,
        coalesce(extensions.created_at, invoices.created_at) as created_at,
        invoices.modified_at
    from invoices
    left join extensions
        on
            invoices.source_system = extensions.source_system
            and invoices.invoice_id = extensions.resource_id

)

select * from shaped
