{# ChargeItems that were paid ahead and are owed to the patient; every other one is not prepaid. #}
with

charge_items as (

    select * from {{ ref('stg_fhir__charge_items') }}

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'ChargeItem' and is_prepaid

),

prepaid as (

    select
        charge_items.source_system,
        charge_items.charge_item_id,
        charge_items.patient_id,
        charge_items.code_system,
        charge_items.code,
        charge_items.code_description,
        charge_items.item_name,
        charge_items.units_owed,
        charge_items.price,
        charge_items.status_code,
        charge_items.purchased_date_text,
        charge_items.purchased_date,
        coalesce(extensions.created_at, charge_items.created_at) as created_at,
        charge_items.modified_at
    from charge_items
    inner join extensions
        on
            charge_items.source_system = extensions.source_system
            and charge_items.charge_item_id = extensions.resource_id

)

select * from prepaid
