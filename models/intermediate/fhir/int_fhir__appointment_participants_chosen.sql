{#
    Whom an appointment brings together: its first patient, first practitioner and first location,
    in the source's order. One appointment stays one row, however many people are invited.
#}
with

participants as (

    select * from {{ ref('stg_fhir__appointments__participants') }}
    where actor_reference is not null

),

references_resolved as (

    select * from {{ ref('int_fhir__practitioner_references_resolved') }}

),

patients as (

    select * from {{ ref('stg_fhir__patients') }}

),

locations as (

    select * from {{ ref('stg_fhir__locations') }}

),

read_once as (

    select
        source_system,
        appointment_id,
        ordinal,
        actor_reference,
        {{ fhir_reference_type('actor_reference') }} as actor_type,
        {{ fhir_reference_id('actor_reference') }} as actor_id
    from participants

),

told_apart as (

    select
        read_once.source_system,
        read_once.appointment_id,
        read_once.ordinal,
        case
            when read_once.actor_type = 'Patient' or patients.patient_id is not null
                then read_once.actor_id
        end as patient_id,
        case
            when read_once.actor_type = 'Location' or locations.location_id is not null
                then read_once.actor_id
        end as location_id,
        references_resolved.practitioner_id
    from read_once
    left join patients
        on
            read_once.source_system = patients.source_system
            and read_once.actor_id = patients.patient_id
            and read_once.actor_type is null
    left join locations
        on
            read_once.source_system = locations.source_system
            and read_once.actor_id = locations.location_id
            and read_once.actor_type is null
    left join references_resolved
        on
            read_once.source_system = references_resolved.source_system
            and read_once.actor_reference = references_resolved.reference

),

chosen as (

    select
        source_system,
        appointment_id,
        min_by(patient_id, ordinal) filter (where patient_id is not null) as patient_id,
        min_by(location_id, ordinal) filter (where location_id is not null) as location_id,
        min_by(practitioner_id, ordinal) filter (where practitioner_id is not null)
            as practitioner_id
    from told_apart
    group by source_system, appointment_id

)

select * from chosen
