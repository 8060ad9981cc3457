{#
    One guarantor per account, told apart: a patient (named as one, or a relative whom a chart
    claims as its own) or a relative who is no patient.
#}
with

guarantors as (

    select * from {{ ref('stg_fhir__accounts__guarantors') }}
    where party_reference is not null

),

relatives_who_are_patients as (

    select * from {{ ref('int_fhir__relatives_who_are_patients') }}

),

related_persons as (

    select * from {{ ref('stg_fhir__related_persons') }}

),

first_stated as (

    select
        source_system,
        account_id,
        min_by(party_reference, ordinal) as party_reference
    from guarantors
    group by source_system, account_id

),

read_once as (

    select
        source_system,
        account_id,
        {{ fhir_reference_type('party_reference') }} as party_type,
        {{ fhir_reference_id('party_reference') }} as party_id
    from first_stated

),

told_apart as (

    select
        read_once.source_system,
        read_once.account_id,
        read_once.party_id,
        relatives_who_are_patients.patient_id as relative_patient_id,
        {# `urn:uuid:x` states no type: x is a relative only where a RelatedPerson has that id. #}
        coalesce(
            read_once.party_type,
            case when related_persons.related_person_id is null then 'Patient' end,
            'RelatedPerson'
        ) as party_type
    from read_once
    left join relatives_who_are_patients
        on
            read_once.source_system = relatives_who_are_patients.source_system
            and read_once.party_id = relatives_who_are_patients.related_person_id
    left join related_persons
        on
            read_once.source_system = related_persons.source_system
            and read_once.party_id = related_persons.related_person_id

),

chosen as (

    select
        source_system,
        account_id,
        case
            when party_type = 'Patient' then party_id
            when party_type = 'RelatedPerson' then relative_patient_id
        end as guarantor_patient_id,
        case
            when party_type = 'RelatedPerson' and relative_patient_id is null then party_id
        end as related_person_id
    from told_apart

)

select * from chosen
