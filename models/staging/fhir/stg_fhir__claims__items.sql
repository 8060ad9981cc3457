{# One row per line of a claim. A price that the source leaves out stays null. #}
with

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

exploded as (

    {{ explode_json('claims', ['source_system', 'claim_id'], 'items_json') }}

),

extracted as (

    select
        source_system,
        claim_id,
        ordinal,
        {{ json_texts('element', {
            'sequence': '$.sequence',
            'code_system': '$.productOrService.coding[0].system',
            'code': '$.productOrService.coding[0].code',
            'display': '$.productOrService.coding[0].display',
            'text': '$.productOrService.text',
            'modifier_1': '$.modifier[0].coding[0].code',
            'modifier_2': '$.modifier[1].coding[0].code',
            'modifier_3': '$.modifier[2].coding[0].code',
            'modifier_4': '$.modifier[3].coding[0].code',
            'serviced_date': '$.servicedDate',
            'serviced_start': '$.servicedPeriod.start',
            'quantity': '$.quantity.value',
            'unit_price': '$.unitPrice.value',
            'net': '$.net.value',
            'location': '$.locationReference.reference',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        claim_id,
        ordinal,
        {{ fhir_reference_id("texts['location']", 'Location') }} as location_id,
        texts['code_system'] as code_system,
        texts['code'] as code,
        coalesce(texts['display'], texts['text']) as code_description,
        nullif(
            concat_ws(
                ', ',
                texts['modifier_1'],
                texts['modifier_2'],
                texts['modifier_3'],
                texts['modifier_4']
            ),
            ''
        ) as modifiers,
        try_cast(texts['sequence'] as bigint) as line_number,
        try_cast(texts['quantity'] as decimal(18, 2)) as quantity,
        try_cast(texts['unit_price'] as decimal(18, 2)) as unit_price,
        try_cast(texts['net'] as decimal(18, 2)) as net,
        coalesce(
            {{ fhir_date("texts['serviced_date']") }},
            {{ fhir_date("texts['serviced_start']") }}
        ) as service_date
    from extracted

)

select * from renamed
