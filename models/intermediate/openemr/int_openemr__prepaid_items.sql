{#
    Articles sold to patients in the clinic contract's columns. What was dispensed on a prescription
    is used up: it is told as unused, as purchases and transfers of stock are.
#}
with

sales as (

    select * from {{ ref('stg_openemr__drug_sales') }}
    where patient_id is not null and prescription_id is null and transaction_type = '1'

),

drugs as (

    select * from {{ ref('stg_openemr__drugs') }}

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

shaped as (

    select
        {{ clinic_key('sales.source_system', 'prepaid_item', 'sales.drug_sale_id') }}
            as prepaid_item_key,
        sales.source_system,
        sales.drug_sale_id as source_id,
        {{ clinic_key('sales.source_system', 'patient', 'sales.patient_id') }} as patient_key,
        cast(null as varchar) as procedure_code_key,
        coalesce(drugs.drug_name, 'Article ' || sales.drug_id) as item_name,
        sales.quantity as units_owed,
        sales.fee as price,
        case when sales.is_billed then 'billed' else 'billable' end as status_code,
        sales.sale_date as purchased_date,
        {{ utc_from_local('sales.created_at_local', 'clinics.time_zone') }} as created_at,
        {{ utc_from_local('sales.modified_at_local', 'clinics.time_zone') }} as modified_at
    from sales
    inner join clinics on sales.source_system = clinics.source_system
    left join drugs
        on
            sales.source_system = drugs.source_system
            and sales.drug_id = drugs.drug_id

)

select * from shaped
