{#
    Coverages in the clinic contract's columns, from the three places where sources keep them:
    Coverage itself; a Coverage contained in an ExplanationOfBenefit that names a payer of its own
    (key `<explanation id>#<contained id>`); and policies known by their payer's display alone (key
    `display/<patient>/<display>`, one per patient and display).
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

classes as (

    select
        source_system,
        coverage_id,
        min_by(class_value, ordinal) filter (where class_type = 'group') as group_number,
        min_by(coalesce(class_name, class_value), ordinal) filter (where class_type = 'plan')
            as plan_name
    from {{ ref('stg_fhir__coverages__classes') }}
    group by source_system, coverage_id

),

relatives_who_are_patients as (

    select * from {{ ref('int_fhir__relatives_who_are_patients') }}

),

names as (

    select * from {{ ref('int_fhir__names_chosen') }}
    where resource_type = 'RelatedPerson'

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'Coverage'

),

stated as (

    select
        source_system,
        coverage_id,
        patient_id,
        payor_reference,
        payor_display,
        subscriber_reference,
        {{ fhir_reference_id('subscriber_reference', 'RelatedPerson') }} as subscriber_relative_id,
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
        source_system,
        explanation_of_benefit_id || '#' || contained_id as coverage_id,
        patient_id,
        payor_reference,
        payor_display,
        null as subscriber_reference,
        null as subscriber_relative_id,
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

),

shaped as (

    select
        {{ clinic_key('stated.source_system', 'coverage', 'stated.coverage_id') }} as coverage_key,
        stated.source_system,
        stated.coverage_id as source_id,
        {{ clinic_key('stated.source_system', 'patient', 'stated.patient_id') }} as patient_key,
        {{ fhir_payer_key(
            'stated.source_system', 'stated.payor_reference', 'stated.payor_display'
        ) }} as payer_key,
        coalesce(
            {{ clinic_key(
                'stated.source_system', 'patient', 'relatives_who_are_patients.patient_id'
            ) }},
            {{ clinic_key(
                'stated.source_system',
                'patient',
                fhir_reference_id('stated.subscriber_reference', 'Patient')
            ) }}
        ) as subscriber_patient_key,
        coalesce(
            stated.subscriber_name,
            names.name_text,
            nullif(concat_ws(' ', names.given_name, names.family_name), '')
        ) as subscriber_name,
        stated.member_id,
        classes.group_number,
        classes.plan_name,
        stated.relationship_code,
        stated.coverage_type,
        cast(stated.coverage_order as bigint) as coverage_order,
        stated.status_code,
        stated.effective_date,
        stated.termination_date,
        extensions.created_at,
        stated.modified_at
    from stated
    left join classes
        on
            stated.source_system = classes.source_system
            and stated.coverage_id = classes.coverage_id
    left join relatives_who_are_patients
        on
            stated.source_system = relatives_who_are_patients.source_system
            and stated.subscriber_relative_id = relatives_who_are_patients.related_person_id
    left join names
        on
            stated.source_system = names.source_system
            and stated.subscriber_relative_id = names.resource_id
    left join extensions
        on
            stated.source_system = extensions.source_system
            and stated.coverage_id = extensions.resource_id

    union all

    select
        {{ clinic_key('source_system', 'coverage', ["'display'", 'patient_id', 'payor_display']) }}
            as coverage_key,
        source_system,
        'display/' || patient_id || '/' || payor_display as source_id,
        {{ clinic_key('source_system', 'patient', 'patient_id') }} as patient_key,
        {{ clinic_key('source_system', 'payer', ["'display'", 'payor_display']) }} as payer_key,
        null as subscriber_patient_key,
        null as subscriber_name,
        member_id,
        null as group_number,
        null as plan_name,
        null as relationship_code,
        coverage_type,
        null as coverage_order,
        status_code,
        effective_date,
        termination_date,
        null as created_at,
        null as modified_at
    from display_coverages

)

select * from shaped
