{#
    The practice's own fields of patients, and what every chart has and the clinic contract has no
    column for. Where two fields have one name, the first of them is told; the other stands in the
    archive.
#}
with

patients as (

    select * from {{ ref('stg_cliniko__patients') }}

),

concession_types as (

    select * from {{ ref('stg_cliniko__concession_types') }}

),

own_fields as (

    select
        source_system,
        patient_id,
        field_name,
        field_value,
        section_number,
        field_number
    from {{ ref('stg_cliniko__patients__custom_fields') }}

    union all

    select
        patients.source_system,
        patients.patient_id,
        'concession_type' as field_name,
        concession_types.concession_name as field_value,
        0 as section_number,
        1 as field_number
    from patients
    inner join concession_types
        on
            patients.source_system = concession_types.source_system
            and patients.concession_type_id = concession_types.concession_type_id

    union all

    select
        source_system,
        patient_id,
        'occupation' as field_name,
        occupation as field_value,
        0 as section_number,
        2 as field_number
    from patients

    union all

    select
        source_system,
        patient_id,
        'old_reference_id' as field_name,
        old_reference_id as field_value,
        0 as section_number,
        3 as field_number
    from patients

),

ranked as (

    select
        source_system,
        patient_id,
        field_name,
        field_value,
        row_number() over (
            partition by source_system, patient_id, field_name
            order by section_number, field_number
        ) as place
    from own_fields
    where field_name is not null and field_value is not null

),

chosen as (

    select
        source_system,
        patient_id,
        field_name,
        field_value
    from ranked
    where place = 1

)

select * from chosen
