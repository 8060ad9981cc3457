{# Money in three kinds, in the clinic contract's columns: charges, payments and open balances. #}
with

charges as (

    select * from {{ ref('int_fhir__charges') }}

),

payments as (

    select * from {{ ref('int_fhir__payments') }}

),

balances as (

    select * from {{ ref('int_fhir__balances') }}

),

unioned as (

    select
        ledger_entry_key,
        source_system,
        source_id,
        patient_key,
        claim_key,
        entry_type,
        amount,
        currency,
        method_code,
        reference_number,
        description,
        status_code,
        entry_date,
        created_at,
        modified_at
    from charges

    union all

    select
        ledger_entry_key,
        source_system,
        source_id,
        patient_key,
        claim_key,
        entry_type,
        amount,
        currency,
        method_code,
        reference_number,
        description,
        status_code,
        entry_date,
        created_at,
        modified_at
    from payments

    union all

    select
        ledger_entry_key,
        source_system,
        source_id,
        patient_key,
        claim_key,
        entry_type,
        amount,
        currency,
        method_code,
        reference_number,
        description,
        status_code,
        entry_date,
        created_at,
        modified_at
    from balances

)

select * from unioned
