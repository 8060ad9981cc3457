{# One row per Claim. #}
with

source as (

    select * from {{ source('raw_fhir', 'claim') }}

),

extracted as (

    select
        system as source_system,
        id as claim_id,
        last_updated,
        {{ json_texts(json_number_text('doc', ['valueDecimal', 'valueQuantity']), {
            'status': '$.status',
            'type': '$.type.coding[0].code',
            'type_text': '$.type.text',
            'use': '$.use',
            'identifier': '$.identifier[0].value',
            'patient': '$.patient.reference',
            'created': '$.created',
            'start_text': '$.billablePeriod.start',
            'end_text': '$.billablePeriod.end',
            'insurer': '$.insurer.reference',
            'insurer_display': '$.insurer.display',
            'provider': '$.provider.reference',
            'insurances': '$.insurance',
            'diagnoses': '$.diagnosis',
            'care_team': '$.careTeam',
            'items': '$.item',
            'total': '$.total.value',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        claim_id,
        {{ fhir_reference_id("texts['patient']", 'Patient') }} as patient_id,
        texts['insurer'] as insurer_reference,
        texts['insurer_display'] as insurer_display,
        texts['provider'] as provider_reference,
        texts['identifier'] as claim_number,
        coalesce(texts['type'], texts['type_text']) as claim_type,
        texts['use'] as claim_use,
        texts['status'] as status_code,
        texts['created'] as created_at_text,
        texts['start_text'] as service_start_date_text,
        texts['end_text'] as service_end_date_text,
        texts['insurances'] as insurances_json,
        texts['diagnoses'] as diagnoses_json,
        texts['care_team'] as care_team_json,
        texts['items'] as items_json,
        texts['extensions'] as extensions_json,
        try_cast(texts['total'] as decimal(18, 2)) as total_charge,
        {{ fhir_date("texts['start_text']") }} as service_start_date,
        {{ fhir_date("texts['end_text']") }} as service_end_date,
        {{ fhir_date("texts['created']") }} as submitted_date,
        {{ fhir_timestamp("texts['created']") }} as created_at,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
