{# One row per insurance that a claim is made under. Synthea names it by its display only. #}
with

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

exploded as (

    {{ explode_json('claims', ['source_system', 'claim_id'], 'insurances_json') }}

),

extracted as (

    select
        source_system,
        claim_id,
        ordinal,
        {{ json_texts('element', {
            'sequence': '$.sequence',
            'focal': '$.focal',
            'coverage': '$.coverage.reference',
            'coverage_display': '$.coverage.display',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        claim_id,
        ordinal,
        texts['coverage'] as coverage_reference,
        texts['coverage_display'] as coverage_display,
        try_cast(texts['sequence'] as bigint) as insurance_sequence,
        try_cast(texts['focal'] as boolean) as is_focal
    from extracted

)

select * from renamed
