{# One row per ClaimResponse: a payer's answer to a claim. #}
with

source as (

    select * from {{ source('raw_fhir', 'claim_response') }}

),

extracted as (

    select
        system as source_system,
        id as claim_response_id,
        last_updated,
        {{ json_texts('doc', {
            'status': '$.status',
            'request': '$.request.reference',
            'patient': '$.patient.reference',
            'outcome': '$.outcome',
            'disposition': '$.disposition',
            'created': '$.created',
            'payment_amount': '$.payment.amount.value',
            'payment_date': '$.payment.date',
            'items': '$.item',
            'error_text': '$.error[0].code.text',
            'error_display': '$.error[0].code.coding[0].display',
            'error_code': '$.error[0].code.coding[0].code',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        claim_response_id,
        {{ fhir_reference_id("texts['request']", 'Claim') }} as claim_id,
        {{ fhir_reference_id("texts['patient']", 'Patient') }} as patient_id,
        texts['status'] as status_code,
        texts['outcome'] as outcome_code,
        texts['disposition'] as disposition,
        coalesce(texts['error_text'], texts['error_display'], texts['error_code']) as first_error,
        texts['items'] as items_json,
        try_cast(texts['payment_amount'] as decimal(18, 2)) as payment_amount,
        {{ fhir_date("texts['payment_date']") }} as payment_date,
        {{ fhir_timestamp("texts['created']") }} as created_at,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
