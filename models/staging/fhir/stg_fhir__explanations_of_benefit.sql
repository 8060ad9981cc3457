{# One row per ExplanationOfBenefit: the payer's answer where the source keeps no ClaimResponse. #}
with

source as (

    select * from {{ source('raw_fhir', 'explanation_of_benefit') }}

),

extracted as (

    select
        system as source_system,
        id as explanation_of_benefit_id,
        last_updated,
        {{ json_texts('doc', {
            'status': '$.status',
            'claim': '$.claim.reference',
            'patient': '$.patient.reference',
            'outcome': '$.outcome',
            'disposition': '$.disposition',
            'insurer': '$.insurer.reference',
            'insurer_display': '$.insurer.display',
            'created': '$.created',
            'payment_amount': '$.payment.amount.value',
            'payment_date': '$.payment.date',
            'coverage': '$.insurance[0].coverage.reference',
            'contained': '$.contained',
            'care_team': '$.careTeam',
            'items': '$.item',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        explanation_of_benefit_id,
        {{ fhir_reference_id("texts['claim']", 'Claim') }} as claim_id,
        {{ fhir_reference_id("texts['patient']", 'Patient') }} as patient_id,
        texts['insurer'] as insurer_reference,
        texts['insurer_display'] as insurer_display,
        texts['coverage'] as coverage_reference,
        texts['status'] as status_code,
        texts['outcome'] as outcome_code,
        texts['disposition'] as disposition,
        texts['contained'] as contained_json,
        texts['care_team'] as care_team_json,
        texts['items'] as items_json,
        try_cast(texts['payment_amount'] as decimal(18, 2)) as payment_amount,
        {{ fhir_date("texts['payment_date']") }} as payment_date,
        {{ fhir_timestamp("texts['created']") }} as created_at,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
