{# Invoices as charges in the clinic contract's columns; the API has no payments or balances. #}
with

claims as (

    select * from {{ ref('int_cliniko__claims') }}

),

shaped as (

    select
        {{ derived_key('claim_key', 'ledger_entry') }} as ledger_entry_key,
        source_system,
        source_id,
        patient_key,
        claim_key,
        'charge' as entry_type,
        total_charge as amount,
        cast(null as varchar) as currency,
        cast(null as varchar) as method_code,
        claim_number as reference_number,
        cast(null as varchar) as description,
        case when status_code = 'paid' then 'paid' else 'issued' end as status_code,
        submitted_date as entry_date,
        created_at,
        modified_at
    from claims

)

select * from shaped
