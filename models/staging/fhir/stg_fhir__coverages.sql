{# One row per Coverage. Without a subscriberId the policy's own identifier is the member id. #}
with

source as (

    select * from {{ source('raw_fhir', 'coverage') }}

),

extracted as (

    select
        system as source_system,
        id as coverage_id,
        last_updated,
        {{ json_texts('doc', {
            'status': '$.status',
            'type_text': '$.type.text',
            'type_code': '$.type.coding[0].code',
            'subscriber': '$.subscriber.reference',
            'subscriber_display': '$.subscriber.display',
            'subscriber_id': '$.subscriberId',
            'identifier': '$.identifier[0].value',
            'beneficiary': '$.beneficiary.reference',
            'relationship': '$.relationship.coding[0].code',
            'relationship_text': '$.relationship.text',
            'start_text': '$.period.start',
            'end_text': '$.period.end',
            'payor': '$.payor[0].reference',
            'payor_display': '$.payor[0].display',
            'classes': '$.class',
            'order_text': '$.order',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        coverage_id,
        {{ fhir_reference_id("texts['beneficiary']", 'Patient') }} as patient_id,
        texts['payor'] as payor_reference,
        texts['payor_display'] as payor_display,
        texts['subscriber'] as subscriber_reference,
        texts['subscriber_display'] as subscriber_name,
        coalesce(texts['subscriber_id'], texts['identifier']) as member_id,
        coalesce(texts['relationship'], texts['relationship_text']) as relationship_code,
        coalesce(texts['type_text'], texts['type_code']) as coverage_type,
        texts['status'] as status_code,
        texts['start_text'] as effective_date_text,
        texts['end_text'] as termination_date_text,
        texts['classes'] as classes_json,
        texts['extensions'] as extensions_json,
        try_cast(texts['order_text'] as bigint) as coverage_order,
        {{ fhir_date("texts['start_text']") }} as effective_date,
        {{ fhir_date("texts['end_text']") }} as termination_date,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
