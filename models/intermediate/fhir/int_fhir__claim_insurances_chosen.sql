{#
    The one insurance that a claim is made under: the focal one, else the first. A contained
    coverage (`#x`) is known as `<claim>#x`; one that is named by its display alone is the patient's
    coverage by that payer's display (int_fhir__display_coverages_deduplicated).
#}
with

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

insurances as (

    select * from {{ ref('stg_fhir__claims__insurances') }}

),

coverages as (

    select * from {{ ref('int_fhir__coverages') }}

),

ranked as (

    select
        source_system,
        claim_id,
        coverage_reference,
        coverage_display,
        row_number() over (
            partition by source_system, claim_id
            order by
                coalesce(is_focal, false) desc, insurance_sequence asc nulls last, ordinal asc
        ) as preference
    from insurances

),

keyed as (

    select
        ranked.source_system,
        ranked.claim_id,
        case
            when ranked.coverage_reference like '#%'
                then {{ clinic_key(
                    'ranked.source_system',
                    'coverage',
                    'ranked.claim_id || ranked.coverage_reference'
                ) }}
            when ranked.coverage_reference is not null
                then {{ clinic_key(
                    'ranked.source_system',
                    'coverage',
                    fhir_reference_id('ranked.coverage_reference', 'Coverage')
                ) }}
            else {{ clinic_key(
                'ranked.source_system',
                'coverage',
                ["'display'", 'claims.patient_id', 'ranked.coverage_display']
            ) }}
        end as coverage_key
    from ranked
    inner join claims
        on
            ranked.source_system = claims.source_system
            and ranked.claim_id = claims.claim_id
    where ranked.preference = 1

),

chosen as (

    select
        keyed.source_system,
        keyed.claim_id,
        keyed.coverage_key,
        coverages.payer_key
    from keyed
    left join coverages
        on keyed.coverage_key = coverages.coverage_key

)

select * from chosen
