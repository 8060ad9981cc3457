{#
    Money in three kinds: charges (Invoice), payments (PaymentNotice) and what an account is open by
    (Account's balance, as of its last change). A payment that names no patient is of the patient
    whose claim or invoice it pays. Amounts keep the source's sign.
#}
with

invoices as (

    select * from {{ ref('stg_fhir__invoices') }}

),

payment_notices as (

    select * from {{ ref('stg_fhir__payment_notices') }}

),

guarantor_accounts as (

    select * from {{ ref('int_fhir__guarantor_accounts') }}

),

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type in ('Invoice', 'PaymentNotice', 'Account')

),

charges as (

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
            and extensions.resource_type = 'Invoice'

),

payments as (

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
            and extensions.resource_type = 'PaymentNotice'
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

),

balances as (

    select
        {{ clinic_key(
            'guarantor_accounts.source_system', 'balance', 'guarantor_accounts.source_id'
        ) }} as ledger_entry_key,
        guarantor_accounts.source_system,
        guarantor_accounts.source_id,
        guarantor_accounts.patient_key,
        cast(null as varchar) as claim_key,
        'balance' as entry_type,
        guarantor_accounts.balance as amount,
        extensions.balance_currency as currency,
        cast(null as varchar) as method_code,
        cast(null as varchar) as reference_number,
        guarantor_accounts.account_name as description,
        case when guarantor_accounts.is_active then 'active' else 'inactive' end as status_code,
        cast(guarantor_accounts.modified_at as date) as entry_date,
        guarantor_accounts.created_at,
        guarantor_accounts.modified_at
    from guarantor_accounts
    inner join extensions
        on
            guarantor_accounts.source_system = extensions.source_system
            and guarantor_accounts.source_id = extensions.resource_id
            and extensions.resource_type = 'Account'
            and extensions.balance is not null

),

unioned as (

    select * from charges
    union all
    select * from payments
    union all
    select * from balances

)

select * from unioned
