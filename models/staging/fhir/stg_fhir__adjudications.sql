{#
    One row per adjudication of a claim's line, from a payer's answer (ClaimResponse) or its
    explanation (ExplanationOfBenefit). Blue Button writes its category codes as urls: the last
    segment is the code.
#}
with

claim_responses as (

    select * from {{ ref('stg_fhir__claim_responses') }}

),

explanations_of_benefit as (

    select * from {{ ref('stg_fhir__explanations_of_benefit') }}

),

collected as (

    select
        source_system,
        'ClaimResponse' as resource_type,
        claim_response_id as resource_id,
        items_json
    from claim_responses

    union all

    select
        source_system,
        'ExplanationOfBenefit' as resource_type,
        explanation_of_benefit_id as resource_id,
        items_json
    from explanations_of_benefit

),

items as (

    {{ explode_json(
        'collected', ['source_system', 'resource_type', 'resource_id'], 'items_json'
    ) }}

),

lines as (

    select
        source_system,
        resource_type,
        resource_id,
        ordinal as item_ordinal,
        {{ json_texts('element', {'adjudications': '$.adjudication'}) }} as texts
    from items

),

adjudicated as (

    select
        source_system,
        resource_type,
        resource_id,
        item_ordinal,
        texts['adjudications'] as adjudications_json
    from lines

),

exploded as (

    {{ explode_json(
        'adjudicated',
        ['source_system', 'resource_type', 'resource_id', 'item_ordinal'],
        'adjudications_json'
    ) }}

),

extracted as (

    select
        source_system,
        resource_type,
        resource_id,
        item_ordinal,
        ordinal,
        {{ json_texts('element', {
            'category': '$.category.coding[0].code',
            'amount': '$.amount.value',
            'reason_text': '$.reason.text',
            'reason_display': '$.reason.coding[0].display',
            'reason_code': '$.reason.coding[0].code',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        resource_type,
        resource_id,
        item_ordinal,
        ordinal,
        regexp_extract(texts['category'], '[^/]*$', 0) as category_code,
        coalesce(texts['reason_text'], texts['reason_display'], texts['reason_code']) as reason,
        try_cast(texts['amount'] as decimal(18, 2)) as amount
    from extracted

)

select * from renamed
