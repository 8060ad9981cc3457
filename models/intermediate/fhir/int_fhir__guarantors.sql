{# People who answer for a patient's bill and are no patients, in the clinic contract's columns. #}
with

related_persons as (

    select * from {{ ref('stg_fhir__related_persons') }}

),

guarantors as (

    select
        source_system,
        related_person_id
    from {{ ref('int_fhir__account_guarantors_chosen') }}
    where related_person_id is not null
    group by source_system, related_person_id

),

parties as (

    select * from {{ ref('int_fhir__parties_described') }}
    where resource_type = 'RelatedPerson'

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'RelatedPerson'

),

shaped as (

    select
        {{ clinic_key(
            'related_persons.source_system', 'guarantor', 'related_persons.related_person_id'
        ) }} as guarantor_key,
        related_persons.source_system,
        related_persons.related_person_id as source_id,
        parties.given_name,
        parties.family_name,
        parties.name_text,
        related_persons.relationship_code,
        {{ clinic_key('related_persons.source_system', 'patient', 'related_persons.patient_id') }}
            as patient_key,
        coalesce(
            parties.mobile_phone, parties.home_phone, parties.work_phone
        ) as phone,
        parties.email,
        parties.street,
        parties.city,
        parties.state,
        parties.postal_code,
        parties.country,
        related_persons.birth_date,
        extensions.created_at,
        related_persons.modified_at
    from related_persons
    inner join guarantors
        on
            related_persons.source_system = guarantors.source_system
            and related_persons.related_person_id = guarantors.related_person_id
    left join parties
        on
            related_persons.source_system = parties.source_system
            and related_persons.related_person_id = parties.resource_id
    left join extensions
        on
            related_persons.source_system = extensions.source_system
            and related_persons.related_person_id = extensions.resource_id

)

select * from shaped
