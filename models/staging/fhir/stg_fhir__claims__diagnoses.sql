{# One row per diagnosis of a claim. #}
with

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

exploded as (

    {{ explode_json('claims', ['source_system', 'claim_id'], 'diagnoses_json') }}

),

extracted as (

    select
        source_system,
        claim_id,
        ordinal,
        {{ json_texts('element', {
            'sequence': '$.sequence',
            'code': '$.diagnosisCodeableConcept.coding[0].code',
            'text': '$.diagnosisCodeableConcept.text',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        claim_id,
        ordinal,
        coalesce(texts['code'], texts['text']) as diagnosis_code,
        try_cast(texts['sequence'] as bigint) as diagnosis_sequence
    from extracted

)

select * from renamed
