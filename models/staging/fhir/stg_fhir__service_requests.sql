{# One row per ServiceRequest: recalls (intent plan), referrals (by category) and orders. #}
with

source as (

    select * from {{ source('raw_fhir', 'service_request') }}

),

extracted as (

    select
        system as source_system,
        id as service_request_id,
        last_updated,
        {{ json_texts('doc', {
            'status': '$.status',
            'intent': '$.intent',
            'categories': '$.category',
            'code_text': '$.code.text',
            'code_display': '$.code.coding[0].display',
            'code': '$.code.coding[0].code',
            'subject': '$.subject.reference',
            'requester': '$.requester.reference',
            'authored': '$.authoredOn',
            'occurrence': '$.occurrenceDateTime',
            'bounds_start': '$.occurrenceTiming.repeat.boundsPeriod.start',
            'period': '$.occurrenceTiming.repeat.period',
            'period_unit': '$.occurrenceTiming.repeat.periodUnit',
            'reason': '$.reasonCode[0].text',
            'reason_display': '$.reasonCode[0].coding[0].display',
            'note': '$.note[0].text',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        service_request_id,
        {{ fhir_reference_id("texts['subject']", 'Patient') }} as patient_id,
        texts['requester'] as requester_reference,
        coalesce(texts['code_text'], texts['code_display'], texts['code']) as service_name,
        texts['intent'] as intent_code,
        texts['status'] as status_code,
        texts['period_unit'] as interval_unit,
        coalesce(texts['reason'], texts['reason_display']) as reason,
        texts['note'] as note,
        texts['authored'] as authored_at_text,
        texts['categories'] as categories_json,
        texts['extensions'] as extensions_json,
        try_cast(texts['period'] as decimal(18, 2)) as interval_count,
        {{ fhir_date("texts['authored']") }} as authored_date,
        coalesce({{ fhir_date("texts['occurrence']") }}, {{ fhir_date("texts['bounds_start']") }})
            as occurrence_date,
        {{ fhir_timestamp("texts['authored']") }} as created_at,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
