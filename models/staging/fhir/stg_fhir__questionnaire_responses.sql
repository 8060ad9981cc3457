{# One row per QuestionnaireResponse: a filled-in intake form, its numbers as they were written. #}
with

source as (

    select * from {{ source('raw_fhir', 'questionnaire_response') }}

),

extracted as (

    select
        system as source_system,
        id as questionnaire_response_id,
        doc as content_json,
        last_updated,
        {{ json_texts(json_number_text('doc'), {
            'status': '$.status',
            'subject': '$.subject.reference',
            'authored': '$.authored',
            'author': '$.author.reference',
            'questionnaire': '$.questionnaire',
            'questionnaire_title': '$._questionnaire.extension[0].valueString',
            'items': '$.item',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        questionnaire_response_id,
        {{ fhir_reference_id("texts['subject']", 'Patient') }} as patient_id,
        texts['author'] as author_reference,
        texts['questionnaire'] as questionnaire_url,
        texts['questionnaire_title'] as questionnaire_title,
        texts['status'] as status_code,
        texts['authored'] as authored_at_text,
        content_json,
        texts['items'] as items_json,
        texts['extensions'] as extensions_json,
        {{ fhir_timestamp("texts['authored']") }} as authored_at,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
