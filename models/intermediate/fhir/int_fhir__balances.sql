{# What accounts are open by, as ledger entries, as of the account's last change. #}
with

guarantor_accounts as (

    select * from {{ ref('int_fhir__guarantor_accounts') }}

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'Account'

),

shaped as (

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
            and extensions.balance is not null

)

select * from shaped
