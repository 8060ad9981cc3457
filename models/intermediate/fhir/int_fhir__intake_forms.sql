{#
    Filled-in forms in the clinic contract's columns: `body` is the form as people read it, a line
    per question, indented as it is nested; `content_json` is the payload itself.
#}
with

questionnaire_responses as (

    select * from {{ ref('stg_fhir__questionnaire_responses') }}

),

items as (

    select * from {{ ref('stg_fhir__questionnaire_responses__items') }}

),

answers as (

    select
        source_system,
        questionnaire_response_id,
        item_position,
        string_agg(
            case answer_text when 'true' then 'yes' when 'false' then 'no' else answer_text end,
            ', ' order by ordinal
        ) as answer_texts
    from {{ ref('stg_fhir__questionnaire_responses__answers') }}
    group by source_system, questionnaire_response_id, item_position

),

references_resolved as (

    select * from {{ ref('int_fhir__practitioner_references_resolved') }}

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'QuestionnaireResponse'

),

bodies as (

    select
        items.source_system,
        items.questionnaire_response_id,
        string_agg(
            repeat('  ', items.nesting)
            || coalesce(items.item_text, items.link_id, '')
            || coalesce(': ' || answers.answer_texts, ''),
            chr(10) order by items.item_position
        ) as body
    from items
    left join answers
        on
            items.source_system = answers.source_system
            and items.questionnaire_response_id = answers.questionnaire_response_id
            and items.item_position = answers.item_position
    group by items.source_system, items.questionnaire_response_id

),

shaped as (

    select
        {{ clinic_key(
            'questionnaire_responses.source_system',
            'intake_form',
            'questionnaire_responses.questionnaire_response_id'
        ) }} as intake_form_key,
        questionnaire_responses.source_system,
        questionnaire_responses.questionnaire_response_id as source_id,
        {{ clinic_key(
            'questionnaire_responses.source_system', 'patient', 'questionnaire_responses.patient_id'
        ) }} as patient_key,
        {{ clinic_key(
            'questionnaire_responses.source_system',
            'provider',
            'references_resolved.practitioner_id'
        ) }} as author_provider_key,
        coalesce(
            questionnaire_responses.questionnaire_title,
            {# `https://clinic.example/forms/intake|2`: the name is `intake`, 2 is its version. #}
            nullif(
                regexp_extract(
                    questionnaire_responses.questionnaire_url, '([^/|#]+)([|].*)?$', 1
                ),
                ''
            )
        ) as form_name,
        questionnaire_responses.status_code,
        bodies.body,
        questionnaire_responses.content_json,
        questionnaire_responses.authored_at,
        coalesce(extensions.created_at, questionnaire_responses.authored_at) as created_at,
        questionnaire_responses.modified_at
    from questionnaire_responses
    left join bodies
        on
            questionnaire_responses.source_system = bodies.source_system
            and questionnaire_responses.questionnaire_response_id = bodies.questionnaire_response_id
    left join references_resolved
        on
            questionnaire_responses.source_system = references_resolved.source_system
            and questionnaire_responses.author_reference = references_resolved.reference
    left join extensions
        on
            questionnaire_responses.source_system = extensions.source_system
            and questionnaire_responses.questionnaire_response_id = extensions.resource_id

)

select * from shaped
