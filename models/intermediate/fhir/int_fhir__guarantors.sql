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

names as (

    select * from {{ ref('int_fhir__names_chosen') }}
    where resource_type = 'RelatedPerson'

),

contact_points as (

    select * from {{ ref('int_fhir__contact_points_chosen') }}
    where resource_type = 'RelatedPerson'

),

addresses as (

    select * from {{ ref('int_fhir__addresses_chosen') }}
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
        names.given_name,
        names.family_name,
        names.name_text,
        related_persons.relationship_code,
        {{ clinic_key('related_persons.source_system', 'patient', 'related_persons.patient_id') }}
            as patient_key,
        coalesce(
            contact_points.mobile_phone, contact_points.home_phone, contact_points.work_phone
        ) as phone,
        contact_points.email,
        addresses.street,
        addresses.city,
        addresses.state,
        addresses.postal_code,
        addresses.country,
        related_persons.birth_date,
        extensions.created_at,
        related_persons.modified_at
    from related_persons
    inner join guarantors
        on
            related_persons.source_system = guarantors.source_system
            and related_persons.related_person_id = guarantors.related_person_id
    left join names
        on
            related_persons.source_system = names.source_system
            and related_persons.related_person_id = names.resource_id
    left join contact_points
        on
            related_persons.source_system = contact_points.source_system
            and related_persons.related_person_id = contact_points.resource_id
    left join addresses
        on
            related_persons.source_system = addresses.source_system
            and related_persons.related_person_id = addresses.resource_id
    left join extensions
        on
            related_persons.source_system = extensions.source_system
            and related_persons.related_person_id = extensions.resource_id

)

select * from shaped
