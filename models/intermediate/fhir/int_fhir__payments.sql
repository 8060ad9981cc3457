{#
    Payments (PaymentNotice) as ledger entries. One that names no patient is of the patient whose claim
    or invoice it pays. Amounts keep the source's sign.
#}
with

payment_notices as (

    select * from {{ ref('stg_fhir__payment_notices') }}

),

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

invoices as (

    select * from {{ ref('stg_fhir__invoices') }}

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'PaymentNotice'

),

shaped as (

    select
        {{ clinic_key(
            'payment_notices.source_system', 'payment', 'payment_notices.payment_notice_id'
        ) }} as ledger_entry_key,
        payment_notices.source_system,
        payment_notices.payment_notice_id as source_id,
        {{ clinic_key(
            'payment_notices.source_system',
            'patient',
            "coalesce("
            ~ fhir_reference_id('extensions.patient_reference', 'Patient')
            ~ ", claims.patient_id, invoices.patient_id, invoices.recipient_patient_id)"
        ) }} as patient_key,
        {{ clinic_key(
            'payment_notices.source_system',
            'claim',
            fhir_reference_id('payment_notices.request_reference', 'Claim')
        ) }} as claim_key,
        'payment' as entry_type,
        payment_notices.amount,
        payment_notices.currency,
        extensions.payment_method as method_code,
        payment_notices.reference_number,
        cast(null as varchar) as description,
        {# A notice that was called off is no payment, whatever it says was paid. #}
        case
            when payment_notices.resource_status_code in ('cancelled', 'draft', 'entered-in-error')
                then payment_notices.resource_status_code
            else payment_notices.status_code
        end as status_code,
        payment_notices.payment_date as entry_date,
        coalesce(extensions.created_at, payment_notices.created_at) as created_at,
        payment_notices.modified_at
    from payment_notices
    left join extensions
        on
            payment_notices.source_system = extensions.source_system
            and payment_notices.payment_notice_id = extensions.resource_id
    left join claims
        on
            payment_notices.source_system = claims.source_system
            and {{ fhir_reference_id('payment_notices.request_reference', 'Claim') }}
            = claims.claim_id
    left join invoices
        on
            payment_notices.source_system = invoices.source_system
            and {{ fhir_reference_id('payment_notices.request_reference', 'Invoice') }}
            = invoices.invoice_id

)

select * from shaped
