{#
    What a chart's links and tags say about it: the chart that replaced it, and whether it is a test
    or must not move. Two survivors for one chart would be a contradiction: the first stated counts.
#}
with

patients as (

    select * from {{ ref('stg_fhir__patients') }}

),

survivors as (

    select
        source_system,
        patient_id,
        min_by({{ fhir_reference_id('other_reference', 'Patient') }}, ordinal) as survivor_id
    from {{ ref('stg_fhir__patients__links') }}
    where link_type = 'replaced-by'
    group by source_system, patient_id

),

tags as (

    select
        source_system,
        patient_id,
        bool_or(tag_code = 'test-patient') as is_test,
        bool_or(tag_code = 'do-not-migrate') as is_do_not_migrate
    from {{ ref('stg_fhir__patients__tags') }}
    group by source_system, patient_id

),

marked as (

    select
        patients.source_system,
        patients.patient_id,
        survivors.survivor_id,
        coalesce(tags.is_test, false) as is_test,
        coalesce(tags.is_do_not_migrate, false) as is_do_not_migrate
    from patients
    left join survivors
        on
            patients.source_system = survivors.source_system
            and patients.patient_id = survivors.patient_id
    left join tags
        on
            patients.source_system = tags.source_system
            and patients.patient_id = tags.patient_id

)

select * from marked
