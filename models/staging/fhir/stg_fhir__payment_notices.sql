{# One row per PaymentNotice: money that came in. #}
with

source as (

    select * from {{ source('raw_fhir', 'payment_notice') }}

),

extracted as (

    select
        system as source_system,
        id as payment_notice_id,
        last_updated,
        {{ json_texts('doc', {
            'status': '$.status',
            'identifier': '$.identifier[0].value',
            'request': '$.request.reference',
            'payment_status': '$.paymentStatus.coding[0].code',
            'amount': '$.amount.value',
            'currency': '$.amount.currency',
            'payment_date': '$.paymentDate',
            'created': '$.created',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        payment_notice_id,
        texts['request'] as request_reference,
        texts['identifier'] as reference_number,
        coalesce(texts['payment_status'], texts['status']) as status_code,
        texts['status'] as resource_status_code,
        texts['currency'] as currency,
        texts['payment_date'] as payment_date_text,
        texts['extensions'] as extensions_json,
        try_cast(texts['amount'] as decimal(18, 2)) as amount,
        coalesce({{ fhir_date("texts['payment_date']") }}, {{ fhir_date("texts['created']") }})
            as payment_date,
        {{ fhir_timestamp("texts['created']") }} as created_at,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
