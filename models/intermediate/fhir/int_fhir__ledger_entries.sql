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

    select * from charges
    union all
    select * from payments
    union all
    select * from balances

)

select * from unioned
