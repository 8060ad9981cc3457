{#
    Coverages in the clinic contract's columns. The subscriber is a patient where the source names one,
    or a relative whom a chart claims as its own.
#}
with

stated as (

    select * from {{ ref('int_fhir__coverages_stated') }}

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

shaped as (

    select
        stated.coverage_key,
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
            and {{ fhir_reference_id('stated.subscriber_reference', 'RelatedPerson') }}
            = relatives_who_are_patients.related_person_id
    left join names
        on
            stated.source_system = names.source_system
            and {{ fhir_reference_id('stated.subscriber_reference', 'RelatedPerson') }}
            = names.resource_id
    left join extensions
        on
            stated.source_system = extensions.source_system
            and stated.coverage_id = extensions.resource_id

)

select * from shaped
