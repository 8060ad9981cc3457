{#
    RelatedPerson records that are a chart's own person (Patient.link `seealso`): the one place that
    says whether a guarantor or a relative is a patient. Two charts that claim one relative: the
    smaller patient id, the same in every build.
#}
with

links as (

    select * from {{ ref('stg_fhir__patients__links') }}
    where link_type = 'seealso'

),

named as (

    select
        source_system,
        patient_id,
        {{ fhir_reference_id('other_reference', 'RelatedPerson') }} as related_person_id
    from links

),

chosen as (

    select
        source_system,
        related_person_id,
        min(patient_id) as patient_id
    from named
    where related_person_id is not null
    group by source_system, related_person_id

)

select * from chosen
