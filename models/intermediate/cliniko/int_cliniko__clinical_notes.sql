{#
    What was written about patients, in the clinic contract's columns: notes of treatments, warnings
    on the chart, and the two fields of the chart itself. The four share one key space.
#}
with

treatment_notes as (

    select * from {{ ref('stg_cliniko__treatment_notes') }}

),

written as (

    {{ text_of_answers('stg_cliniko__treatment_notes__answers', 'treatment_note_id') }}

),

patients as (

    select * from {{ ref('stg_cliniko__patients') }}

),

gathered as (

    select
        treatment_notes.source_system,
        'treatment_notes' as raw_table,
        treatment_notes.treatment_note_id as raw_id,
        'treatment' as note_kind,
        treatment_notes.patient_id,
        treatment_notes.practitioner_id,
        'Treatment note' as note_type,
        treatment_notes.title,
        case when treatment_notes.is_draft then 'preliminary' else 'final' end as status_code,
        written.body,
        treatment_notes.created_at,
        treatment_notes.modified_at
    from treatment_notes
    left join written
        on
            treatment_notes.source_system = written.source_system
            and treatment_notes.treatment_note_id = written.treatment_note_id

    union all

    select
        source_system,
        'medical_alerts' as raw_table,
        medical_alert_id as raw_id,
        'alert' as note_kind,
        patient_id,
        cast(null as varchar) as practitioner_id,
        'Medical alert' as note_type,
        cast(null as varchar) as title,
        'final' as status_code,
        alert_text as body,
        created_at,
        modified_at
    from {{ ref('stg_cliniko__medical_alerts') }}

    union all

    select
        source_system,
        'patients' as raw_table,
        patient_id as raw_id,
        'chart' as note_kind,
        patient_id,
        cast(null as varchar) as practitioner_id,
        'Chart note' as note_type,
        cast(null as varchar) as title,
        'final' as status_code,
        note as body,
        created_at,
        modified_at
    from patients
    where note is not null

    union all

    select
        source_system,
        'patients' as raw_table,
        patient_id as raw_id,
        'appointments' as note_kind,
        patient_id,
        cast(null as varchar) as practitioner_id,
        'Appointment note' as note_type,
        cast(null as varchar) as title,
        'final' as status_code,
        appointment_note as body,
        created_at,
        modified_at
    from patients
    where appointment_note is not null

),

shaped as (

    select
        {{ clinic_key('source_system', 'clinical_note', ['note_kind', 'raw_id']) }}
            as clinical_note_key,
        source_system,
        note_kind || '/' || raw_id as source_id,
        {{ clinic_key('source_system', 'patient', 'patient_id') }} as patient_key,
        {{ clinic_key('source_system', 'provider', 'practitioner_id') }} as author_provider_key,
        note_type,
        title,
        status_code,
        body,
        created_at as authored_at,
        false as is_special_class,
        created_at,
        modified_at,
        raw_table,
        raw_id
    from gathered

)

select * from shaped
