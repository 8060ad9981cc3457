{#
    One row per answer on a filled-in form, as the text that a person would read: numbers as they
    were written, a code by its display, a quantity with its unit.
#}
with

items as (

    select * from {{ ref('stg_fhir__questionnaire_responses__items') }}

),

exploded as (

    {{ explode_json(
        'items',
        ['source_system', 'questionnaire_response_id', 'item_position'],
        'answers_json'
    ) }}

),

extracted as (

    select
        source_system,
        questionnaire_response_id,
        item_position,
        ordinal,
        {{ json_texts('element', {
            'value_string': '$.valueString',
            'value_boolean': '$.valueBoolean',
            'value_decimal': '$.valueDecimal',
            'value_integer': '$.valueInteger',
            'value_date': '$.valueDate',
            'value_date_time': '$.valueDateTime',
            'value_time': '$.valueTime',
            'value_uri': '$.valueUri',
            'coding_display': '$.valueCoding.display',
            'coding_code': '$.valueCoding.code',
            'comparator': '$.valueQuantity.comparator',
            'quantity': '$.valueQuantity.value',
            'unit': '$.valueQuantity.unit',
            'attachment_title': '$.valueAttachment.title',
            'attachment_url': '$.valueAttachment.url',
            'reference_display': '$.valueReference.display',
            'reference': '$.valueReference.reference',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        questionnaire_response_id,
        item_position,
        ordinal,
        coalesce(
            texts['value_string'],
            texts['value_boolean'],
            texts['value_decimal'],
            texts['value_integer'],
            texts['value_date'],
            texts['value_date_time'],
            texts['value_time'],
            texts['value_uri'],
            texts['coding_display'],
            texts['coding_code'],
            coalesce(texts['comparator'], '')
            || texts['quantity']
            || coalesce(' ' || texts['unit'], ''),
            texts['attachment_title'],
            texts['attachment_url'],
            texts['reference_display'],
            texts['reference']
        ) as answer_text
    from extracted

)

select * from renamed
