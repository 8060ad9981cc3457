{# One row per Invoice: a charge to a patient. #}
with

source as (

    select * from {{ source('raw_fhir', 'invoice') }}

),

extracted as (

    select
        system as source_system,
        id as invoice_id,
        last_updated,
        {{ json_texts('doc', {
            'status': '$.status',
            'identifier': '$.identifier[0].value',
            'subject': '$.subject.reference',
            'recipient': '$.recipient.reference',
            'account': '$.account.reference',
            'date': '$.date',
            'amount': '$.totalNet.value',
            'currency': '$.totalNet.currency',
            'gross': '$.totalGross.value',
            'gross_currency': '$.totalGross.currency',
            'note': '$.note[0].text',
            'type_text': '$.type.text',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        invoice_id,
        {{ fhir_reference_id("texts['subject']", 'Patient') }} as patient_id,
        {{ fhir_reference_id("texts['recipient']", 'Patient') }} as recipient_patient_id,
        {{ fhir_reference_id("texts['account']", 'Account') }} as account_id,
        texts['identifier'] as reference_number,
        texts['status'] as status_code,
        coalesce(texts['type_text'], texts['note']) as description,
        coalesce(texts['currency'], texts['gross_currency']) as currency,
        texts['date'] as invoice_date_text,
        texts['extensions'] as extensions_json,
        try_cast(coalesce(texts['amount'], texts['gross']) as decimal(18, 2)) as amount,
        {{ fhir_date("texts['date']") }} as invoice_date,
        {{ fhir_timestamp("texts['date']") }} as created_at,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
