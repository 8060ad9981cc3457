{# Who answers for whose bills, in the clinic contract's columns: whom invoices go to. #}
with

guarantors as (

    select * from {{ ref('int_cliniko__guarantors') }}

),

shaped as (

    select
        {{ derived_key('patient_key', 'guarantor_account') }} as guarantor_account_key,
        source_system,
        source_id,
        patient_key,
        cast(null as varchar) as guarantor_patient_key,
        guarantor_key,
        true as is_active,
        cast(null as varchar) as account_name,
        cast(null as decimal(18, 2)) as balance,
        cast(null as date) as period_start,
        created_at,
        modified_at
    from guarantors

)

select * from shaped
