{# One row per DiagnosticReport: which results were ordered together, and when. #}
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
            'results': '$.result',
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
        texts['status'] as status_code,
        texts['results'] as results_json,
        coalesce({{ fhir_date("texts['effective']") }}, {{ fhir_date("texts['effective_start']") }})
            as effective_date,
        {{ fhir_date("texts['issued']") }} as issued_date,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
