{# One row per Communication: a call, a message or a letter. #}
with

source as (

    select * from {{ source('raw_fhir', 'communication') }}

),

extracted as (

    select
        system as source_system,
        id as communication_id,
        last_updated,
        {{ json_texts('doc', {
            'status': '$.status',
            'medium': '$.medium[0].coding[0].code',
            'medium_text': '$.medium[0].text',
            'subject': '$.subject.reference',
            'sent': '$.sent',
            'received': '$.received',
            'sender': '$.sender.reference',
            'recipients': '$.recipient',
            'payloads': '$.payload',
            'topic': '$.topic.text',
            'topic_display': '$.topic.coding[0].display',
            'category': '$.category[0].text',
            'category_code': '$.category[0].coding[0].code',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        communication_id,
        {{ fhir_reference_id("texts['subject']", 'Patient') }} as patient_id,
        texts['sender'] as sender_reference,
        coalesce(texts['medium'], texts['medium_text']) as medium_code,
        coalesce(
            texts['topic'],
            texts['topic_display'],
            texts['category'],
            texts['category_code']
        ) as topic,
        texts['status'] as status_code,
        texts['sent'] as sent_at_text,
        texts['received'] as received_at_text,
        texts['recipients'] as recipients_json,
        texts['payloads'] as payloads_json,
        texts['extensions'] as extensions_json,
        {{ fhir_timestamp("texts['sent']") }} as sent_at,
        {{ fhir_timestamp("texts['received']") }} as received_at,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
