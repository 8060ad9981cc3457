{#
    One row per item of a filled-in form, at every depth (an item holds items, and so may an
    answer). `item_position` (0002.0001) sorts them as on the form.
#}
with recursive

questionnaire_responses as (

    select * from {{ ref('stg_fhir__questionnaire_responses') }}

),

top_items as (

    {{ explode_json(
        'questionnaire_responses', ['source_system', 'questionnaire_response_id'], 'items_json'
    ) }}

),

items as (

    select
        source_system,
        questionnaire_response_id,
        0 as nesting,
        lpad(cast(ordinal as varchar), 4, '0') as item_position,
        element
    from top_items

    union all

    select
        source_system,
        questionnaire_response_id,
        nesting + 1 as nesting,
        {{ json_children('item_position', 'element', ['$.item[*]', '$.answer[*].item[*]']) }}
    from items

),

extracted as (

    select
        source_system,
        questionnaire_response_id,
        nesting,
        item_position,
        {{ json_texts('element', {
            'link_id': '$.linkId',
            'text': '$.text',
            'answers': '$.answer',
        }) }} as texts
    from items

),

renamed as (

    select
        source_system,
        questionnaire_response_id,
        nesting,
        item_position,
        texts['link_id'] as link_id,
        texts['text'] as item_text,
        texts['answers'] as answers_json
    from extracted

)

select * from renamed
