{# One row per ChargeItem: prepaid plans and equipment, and ordinary charges. #}
with

source as (

    select * from {{ source('raw_fhir', 'charge_item') }}

),

extracted as (

    select
        system as source_system,
        id as charge_item_id,
        last_updated,
        {{ json_texts('doc', {
            'status': '$.status',
            'code_system': '$.code.coding[0].system',
            'code': '$.code.coding[0].code',
            'code_display': '$.code.coding[0].display',
            'code_text': '$.code.text',
            'subject': '$.subject.reference',
            'quantity': '$.quantity.value',
            'occurrence': '$.occurrenceDateTime',
            'occurrence_start': '$.occurrencePeriod.start',
            'price': '$.priceOverride.value',
            'entered': '$.enteredDate',
            'product_text': '$.productCodeableConcept.text',
            'product_display': '$.productCodeableConcept.coding[0].display',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        charge_item_id,
        {{ fhir_reference_id("texts['subject']", 'Patient') }} as patient_id,
        texts['code_system'] as code_system,
        texts['code'] as code,
        coalesce(texts['code_display'], texts['code_text']) as code_description,
        coalesce(
            texts['product_text'],
            texts['product_display'],
            texts['code_text'],
            texts['code_display']
        ) as item_name,
        texts['status'] as status_code,
        coalesce(texts['occurrence'], texts['occurrence_start']) as purchased_date_text,
        texts['extensions'] as extensions_json,
        try_cast(texts['quantity'] as decimal(18, 2)) as units_owed,
        try_cast(texts['price'] as decimal(18, 2)) as price,
        coalesce(
            {{ fhir_date("texts['occurrence']") }},
            {{ fhir_date("texts['occurrence_start']") }}
        ) as purchased_date,
        {{ fhir_timestamp("texts['entered']") }} as created_at,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
