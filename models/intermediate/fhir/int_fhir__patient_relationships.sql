{#
    Relatives in the clinic contract's columns, whether or not they are patients themselves (a
    relative who is none has no related_patient_key; why he does not load is decided later).
#}
with

related_persons as (

    select * from {{ ref('stg_fhir__related_persons') }}

),

parties as (

    select * from {{ ref('int_fhir__parties_described') }}
    where resource_type = 'RelatedPerson'

),

relatives_who_are_patients as (

    select * from {{ ref('int_fhir__relatives_who_are_patients') }}

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'RelatedPerson'

),

shaped as (

    select
        {{ clinic_key(
            'related_persons.source_system',
            'patient_relationship',
            'related_persons.related_person_id'
        ) }} as patient_relationship_key,
        related_persons.source_system,
        related_persons.related_person_id as source_id,
        {{ clinic_key('related_persons.source_system', 'patient', 'related_persons.patient_id') }}
            as patient_key,
        {{ clinic_key(
            'related_persons.source_system', 'patient', 'relatives_who_are_patients.patient_id'
        ) }} as related_patient_key,
        coalesce(
            nullif(
                concat_ws(' ', parties.given_name, parties.middle_name, parties.family_name), ''
            ),
            parties.name_text
        ) as related_name,
        related_persons.relationship_code,
        coalesce(
            parties.mobile_phone, parties.home_phone, parties.work_phone
        ) as phone,
        parties.email,
        coalesce(related_persons.is_active, true) as is_active,
        extensions.created_at,
        related_persons.modified_at
    from related_persons
    left join parties
        on
            related_persons.source_system = parties.source_system
            and related_persons.related_person_id = parties.resource_id
    left join relatives_who_are_patients
        on
            related_persons.source_system = relatives_who_are_patients.source_system
            and related_persons.related_person_id = relatives_who_are_patients.related_person_id
    left join extensions
        on
            related_persons.source_system = extensions.source_system
            and related_persons.related_person_id = extensions.resource_id

)

select * from shaped
