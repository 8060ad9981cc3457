{#
    Clinical notes and intake forms as one kind of thing. A body over 131,072 UTF-16 units does not
    fit its field: the field takes what fits and a File takes the whole. A form always has a File,
    with every answer as it was given.
#}
with

settled as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity in ('clinical_notes', 'intake_forms') and excluded_reason is null

),

united as (

    select
        clinical_note_key as note_key,
        source_system,
        author_provider_key,
        'clinical_note' as note_kind,
        note_type,
        title,
        status_code,
        body,
        cast(null as string) as content_json,
        authored_at,
        created_at,
        modified_at

    from {{ ref('int_clinic__clinical_notes') }}

    union all

    select
        intake_form_key as note_key,
        source_system,
        author_provider_key,
        'intake_form' as note_kind,
        'Intake form' as note_type,
        form_name as title,
        status_code,
        body,
        content_json,
        authored_at,
        created_at,
        modified_at

    from {{ ref('int_clinic__intake_forms') }}

),

measured as (

    select
        united.note_key,
        united.source_system,
        united.author_provider_key,
        united.note_kind,
        united.note_type,
        united.title,
        united.status_code,
        united.body,
        united.content_json,
        united.authored_at,
        united.created_at,
        united.modified_at,
        settled.patient_key,
        settled.household_key,
        settled.owner_email,
        {{ long_text('united.body') }} as fitting_body,
        coalesce({{ utf16_length('united.body') }} > 131072, false) as is_overflowing

    from united

    inner join settled on united.note_key = settled.record_key

)

select * from measured
