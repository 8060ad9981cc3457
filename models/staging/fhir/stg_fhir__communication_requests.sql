{# One row per CommunicationRequest: a reminder that is due. #}
with

source as (

    select * from {{ source('raw_fhir', 'communication_request') }}

),

extracted as (

    select
        system as source_system,
        id as communication_request_id,
        last_updated,
        {{ json_texts('doc', {
            'status': '$.status',
            'subject': '$.subject.reference',
            'occurrence': '$.occurrenceDateTime',
            'occurrence_start': '$.occurrencePeriod.start',
            'payload': '$.payload[0].contentString',
            'reason': '$.reasonCode[0].text',
            'reason_display': '$.reasonCode[0].coding[0].display',
            'category': '$.category[0].text',
            'category_code': '$.category[0].coding[0].code',
            'requester': '$.requester.reference',
            'sender': '$.sender.reference',
            'authored': '$.authoredOn',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        communication_request_id,
        {{ fhir_reference_id("texts['subject']", 'Patient') }} as patient_id,
        coalesce(texts['requester'], texts['sender']) as requester_reference,
        coalesce(
            texts['reason'],
            texts['reason_display'],
            texts['category'],
            texts['category_code']
        ) as recall_type,
        texts['payload'] as note,
        texts['status'] as status_code,
        texts['occurrence'] as next_due_date_text,
        texts['extensions'] as extensions_json,
        coalesce(
            {{ fhir_date("texts['occurrence']") }},
            {{ fhir_date("texts['occurrence_start']") }}
        ) as next_due_date,
        {{ fhir_date("texts['authored']") }} as authored_date,
        {{ fhir_timestamp("texts['authored']") }} as created_at,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
