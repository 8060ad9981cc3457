{# Plans, visits and equipment that were paid ahead, in the clinic contract's columns. #}
with

prepaid as (

    select * from {{ ref('int_fhir__prepaid_charge_items') }}

),

shaped as (

    select
        {{ clinic_key('source_system', 'prepaid_item', 'charge_item_id') }} as prepaid_item_key,
        source_system,
        charge_item_id as source_id,
        {{ clinic_key('source_system', 'patient', 'patient_id') }} as patient_key,
        {{ fhir_procedure_code_key('source_system', 'code_system', 'code', 'code_description') }}
            as procedure_code_key,
        item_name,
        units_owed,
        price,
        status_code,
        purchased_date,
        created_at,
        modified_at
    from prepaid

)

select * from shaped
