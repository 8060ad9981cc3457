{#
    Invoices in the clinic contract's columns. Whom they go to is text, so no payer is known. The
    API has no payments: of an invoice that is paid the whole was paid, of any other it is not
    known.
#}
with

invoices as (

    select * from {{ ref('stg_cliniko__invoices') }}

),

statuses as (

    select * from {{ ref('cliniko_codes') }}
    where list_id = 'invoice_status'

),

shaped as (

    select
        {{ clinic_key('invoices.source_system', 'claim', 'invoices.invoice_id') }} as claim_key,
        invoices.source_system,
        invoices.invoice_id as source_id,
        {{ clinic_key('invoices.source_system', 'patient', 'invoices.patient_id') }} as patient_key,
        cast(null as varchar) as payer_key,
        {{ clinic_key('invoices.source_system', 'provider', 'invoices.practitioner_id') }}
            as provider_key,
        cast(null as varchar) as coverage_key,
        invoices.invoice_number as claim_number,
        cast(null as varchar) as claim_type,
        coalesce(statuses.code, invoices.status_description, invoices.status) as status_code,
        coalesce(invoices.status_description, invoices.status) as raw_status,
        invoices.issue_date as service_start_date,
        invoices.issue_date as service_end_date,
        invoices.issue_date as submitted_date,
        invoices.total_amount as total_charge,
        case when statuses.code = 'paid' then invoices.total_amount end as paid_amount,
        cast(null as decimal(18, 2)) as patient_responsibility,
        cast(null as varchar) as denial_reason,
        cast(null as varchar) as diagnosis_codes,
        cast(null as varchar) as custom_fields,
        invoices.created_at,
        invoices.modified_at
    from invoices
    left join statuses on invoices.status = statuses.source_value

)

select * from shaped
