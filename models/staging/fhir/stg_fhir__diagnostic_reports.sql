{# One row per DiagnosticReport: results that were ordered together, when, and as printed. #}
with

source as (

    select * from {{ source('raw_fhir', 'diagnostic_report') }}

),

extracted as (

    select
        system as source_system,
        id as diagnostic_report_id,
        last_updated,
        {{ json_texts('doc', {
            'status': '$.status',
            'subject': '$.subject.reference',
            'type_code': '$.code.coding[0].code',
            'type_display': '$.code.coding[0].display',
            'type_text': '$.code.text',
            'results': '$.result',
            'presented_forms': '$.presentedForm',
            'based_on': '$.basedOn[0].reference',
            'effective': '$.effectiveDateTime',
            'effective_start': '$.effectivePeriod.start',
            'issued': '$.issued',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        diagnostic_report_id,
        {{ fhir_reference_id("texts['based_on']", 'ServiceRequest') }} as service_request_id,
        {{ fhir_reference_id("texts['subject']", 'Patient') }} as patient_id,
        coalesce(texts['type_text'], texts['type_display'], texts['type_code']) as report_type,
        texts['status'] as status_code,
        texts['results'] as results_json,
        texts['presented_forms'] as presented_forms_json,
        texts['issued'] as issued_at_text,
        coalesce({{ fhir_date("texts['effective']") }}, {{ fhir_date("texts['effective_start']") }})
            as effective_date,
        {{ fhir_date("texts['issued']") }} as issued_date,
        {{ fhir_timestamp("texts['issued']") }} as issued_at,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
