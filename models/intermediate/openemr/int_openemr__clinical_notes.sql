{# Notes in the clinic contract's columns. The five kinds share one key space: `<table>/<id>`. #}
with

notes as (

    select * from {{ ref('int_openemr__notes_gathered') }}

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

shaped as (

    select
        {{ clinic_key(
            'notes.source_system', 'clinical_note', ['notes.raw_table', 'notes.raw_id']
        ) }} as clinical_note_key,
        notes.source_system,
        notes.raw_table || '/' || notes.raw_id as source_id,
        {{ clinic_key('notes.source_system', 'patient', 'notes.patient_id') }} as patient_key,
        {{ clinic_key('notes.source_system', 'provider', 'notes.author_id') }}
            as author_provider_key,
        notes.note_type,
        notes.title,
        case when notes.is_deleted then 'entered-in-error' else 'final' end as status_code,
        notes.body,
        {{ utc_from_local('notes.noted_at_local', 'clinics.time_zone') }} as authored_at,
        false as is_special_class,
        {{ utc_from_local('notes.noted_at_local', 'clinics.time_zone') }} as created_at,
        {{ utc_from_local('notes.modified_at_local', 'clinics.time_zone') }} as modified_at
    from notes
    inner join clinics on notes.source_system = clinics.source_system

)

select * from shaped
