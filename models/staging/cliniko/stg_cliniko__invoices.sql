{# One row per invoice. #}
with

source as (

    select * from {{ source('raw_cliniko', 'invoices') }}

),

extracted as (

    select
        system as source_system,
        id as invoice_id,
        {{ json_texts('doc', {
            'patient_id': '$.patient.links.self',
            'practitioner_id': '$.practitioner.links.self',
            'business_id': '$.business.links.self',
            'invoice_number': '$.number',
            'status': '$.status',
            'status_description': '$.status_description',
            'total_amount': '$.total_amount',
            'issue_date': '$.issue_date',
            'created_at': '$.created_at',
            'modified_at': '$.updated_at',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        invoice_id,
        {{ linked_id("texts['patient_id']") }} as patient_id,
        {{ linked_id("texts['practitioner_id']") }} as practitioner_id,
        {{ linked_id("texts['business_id']") }} as business_id,
        texts['invoice_number'] as invoice_number,
        texts['status'] as status,
        texts['status_description'] as status_description,
        try_cast(texts['total_amount'] as decimal(18, 2)) as total_amount,
        {{ fhir_date("texts['issue_date']") }} as issue_date,
        {{ fhir_timestamp("texts['created_at']") }} as created_at,
        {{ fhir_timestamp("texts['modified_at']") }} as modified_at
    from extracted

)

select * from renamed
