{# One row per resource contained in an ExplanationOfBenefit (Synthea keeps Coverage there). #}
with

explanations_of_benefit as (

    select * from {{ ref('stg_fhir__explanations_of_benefit') }}

),

exploded as (

    {{ explode_json(
        'explanations_of_benefit',
        ['source_system', 'explanation_of_benefit_id'],
        'contained_json'
    ) }}

),

extracted as (

    select
        source_system,
        explanation_of_benefit_id,
        ordinal,
        {{ json_texts('element', {
            'resource_type': '$.resourceType',
            'id': '$.id',
            'status': '$.status',
            'type_text': '$.type.text',
            'type_code': '$.type.coding[0].code',
            'beneficiary': '$.beneficiary.reference',
            'subscriber_id': '$.subscriberId',
            'payor': '$.payor[0].reference',
            'payor_display': '$.payor[0].display',
            'start_text': '$.period.start',
            'end_text': '$.period.end',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        explanation_of_benefit_id,
        ordinal,
        texts['resource_type'] as resource_type,
        texts['id'] as contained_id,
        texts['status'] as status_code,
        coalesce(texts['type_text'], texts['type_code']) as coverage_type,
        {{ fhir_reference_id("texts['beneficiary']", 'Patient') }} as patient_id,
        texts['subscriber_id'] as member_id,
        texts['payor'] as payor_reference,
        texts['payor_display'] as payor_display,
        {{ fhir_date("texts['start_text']") }} as effective_date,
        {{ fhir_date("texts['end_text']") }} as termination_date
    from extracted

)

select * from renamed
