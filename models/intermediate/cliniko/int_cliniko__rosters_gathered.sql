{#
    Who works where: a number of a practitioner at a place, or an appointment there. One row per
    pair, with the raw row that states it.
#}
with

stated as (

    select
        source_system,
        practitioner_id,
        business_id,
        0 as preference,
        'practitioner_reference_numbers' as raw_table,
        reference_number_id as raw_id
    from {{ ref('stg_cliniko__practitioner_reference_numbers') }}

    union all

    select
        source_system,
        practitioner_id,
        business_id,
        1 as preference,
        'individual_appointments' as raw_table,
        individual_appointment_id as raw_id
    from {{ ref('stg_cliniko__individual_appointments') }}

    union all

    select
        source_system,
        practitioner_id,
        business_id,
        2 as preference,
        'group_appointments' as raw_table,
        group_appointment_id as raw_id
    from {{ ref('stg_cliniko__group_appointments') }}

),

ranked as (

    select
        source_system,
        practitioner_id,
        business_id,
        raw_table,
        raw_id,
        row_number() over (
            partition by source_system, practitioner_id, business_id
            order by preference asc, raw_id asc
        ) as place
    from stated
    where practitioner_id is not null and business_id is not null

),

chosen as (

    select
        source_system,
        practitioner_id,
        business_id,
        raw_table,
        raw_id
    from ranked
    where place = 1

)

select * from chosen
