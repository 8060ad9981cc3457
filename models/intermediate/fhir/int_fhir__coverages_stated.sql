{#
    Coverages from the three places where sources keep them: Coverage itself; a Coverage contained
    in an ExplanationOfBenefit that names a payer of its own (key `<explanation id>#<contained id>`);
    and policies known by their payer's display alone (key `display/<patient>/<display>`).
#}
with

coverages as (

    select * from {{ ref('stg_fhir__coverages') }}

),

contained as (

    select * from {{ ref('stg_fhir__explanations_of_benefit__contained') }}
    where resource_type = 'Coverage' and (payor_reference is not null or payor_display is null)

),

display_coverages as (

    select * from {{ ref('int_fhir__display_coverages_deduplicated') }}

),

stated as (

    select
        {{ clinic_key('source_system', 'coverage', 'coverage_id') }} as coverage_key,
        source_system,
        coverage_id,
        'coverage' as raw_table,
        coverage_id as raw_id,
        patient_id,
        payor_reference,
        payor_display,
        subscriber_reference,
        subscriber_name,
        member_id,
        relationship_code,
        coverage_type,
        coverage_order,
        status_code,
        effective_date,
        termination_date,
        modified_at
    from coverages

    union all

    select
        {{ clinic_key(
            'source_system', 'coverage', "explanation_of_benefit_id || '#' || contained_id"
        ) }} as coverage_key,
        source_system,
        explanation_of_benefit_id || '#' || contained_id as coverage_id,
        'explanation_of_benefit' as raw_table,
        explanation_of_benefit_id as raw_id,
        patient_id,
        payor_reference,
        payor_display,
        null as subscriber_reference,
        null as subscriber_name,
        member_id,
        null as relationship_code,
        coverage_type,
        null as coverage_order,
        status_code,
        effective_date,
        termination_date,
        null as modified_at
    from contained

    union all

    select
        {{ clinic_key('source_system', 'coverage', ["'display'", 'patient_id', 'payor_display']) }}
            as coverage_key,
        source_system,
        'display/' || patient_id || '/' || payor_display as coverage_id,
        raw_table,
        raw_id,
        patient_id,
        null as payor_reference,
        payor_display,
        null as subscriber_reference,
        null as subscriber_name,
        member_id,
        null as relationship_code,
        coverage_type,
        null as coverage_order,
        status_code,
        effective_date,
        termination_date,
        null as modified_at
    from display_coverages

)

select * from stated
