{# Every place where a record names a payer: one row per mention, with the record that makes it. #}
with

coverages as (

    select * from {{ ref('stg_fhir__coverages') }}

),

contained as (

    select * from {{ ref('stg_fhir__explanations_of_benefit__contained') }}
    where resource_type = 'Coverage'

),

explanations_of_benefit as (

    select * from {{ ref('stg_fhir__explanations_of_benefit') }}

),

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

claim_insurances as (

    select * from {{ ref('stg_fhir__claims__insurances') }}
    where coverage_reference is null

),

mentions as (

    select
        source_system,
        'coverage' as raw_table,
        coverage_id as raw_id,
        payor_reference as payer_reference,
        payor_display as payer_display
    from coverages

    union all

    select
        source_system,
        'explanation_of_benefit' as raw_table,
        explanation_of_benefit_id as raw_id,
        payor_reference as payer_reference,
        payor_display as payer_display
    from contained

    union all

    select
        source_system,
        'explanation_of_benefit' as raw_table,
        explanation_of_benefit_id as raw_id,
        insurer_reference as payer_reference,
        insurer_display as payer_display
    from explanations_of_benefit

    union all

    select
        source_system,
        'claim' as raw_table,
        claim_id as raw_id,
        insurer_reference as payer_reference,
        insurer_display as payer_display
    from claims

    union all

    select
        source_system,
        'claim' as raw_table,
        claim_id as raw_id,
        null as payer_reference,
        coverage_display as payer_display
    from claim_insurances

),

keyed as (

    select
        source_system,
        raw_table,
        raw_id,
        payer_display,
        payer_reference is null as is_display_only,
        {{ fhir_reference_id('payer_reference', 'Organization') }} as organization_id,
        {{ fhir_payer_key('source_system', 'payer_reference', 'payer_display') }} as payer_key
    from mentions

),

named as (

    select
        source_system,
        raw_table,
        raw_id,
        payer_display,
        is_display_only,
        organization_id,
        payer_key
    from keyed
    where payer_key is not null

)

select * from named
