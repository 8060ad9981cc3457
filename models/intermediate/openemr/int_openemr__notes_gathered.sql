{#
    What was written about patients, from the five places where OpenEMR keeps it. A note whose form
    was deleted, or that was itself, was entered in error. One row per note.
#}
with

users as (

    select
        source_system,
        username,
        min(user_id) as user_id
    from {{ ref('stg_openemr__users') }}
    where username is not null
    group by source_system, username

),

forms as (

    select
        source_system,
        form_kind,
        form_id,
        bool_and(is_deleted) as is_deleted
    from {{ ref('stg_openemr__forms') }}
    group by source_system, form_kind, form_id

),

gathered as (

    select
        source_system,
        'form_encounter' as raw_table,
        encounter_row_id as raw_id,
        'newpatient' as form_kind,
        encounter_row_id as form_id,
        patient_id,
        provider_id,
        cast(null as varchar) as username,
        'Visit' as note_type,
        cast(null as varchar) as title,
        reason as body,
        encounter_at_local as noted_at_local,
        cast(null as timestamp) as modified_at_local,
        false as is_deleted
    from {{ ref('stg_openemr__encounters') }}
    where reason is not null

    union all

    select
        source_system,
        'form_clinical_notes' as raw_table,
        clinical_note_id as raw_id,
        'clinical_notes' as form_kind,
        form_id,
        patient_id,
        cast(null as varchar) as provider_id,
        username,
        note_type,
        code_text as title,
        body,
        cast(note_date as timestamp) as noted_at_local,
        modified_at_local,
        not coalesce(is_active, true) as is_deleted
    from {{ ref('stg_openemr__clinical_notes') }}

    union all

    select
        source_system,
        'form_soap' as raw_table,
        soap_note_id as raw_id,
        'soap' as form_kind,
        soap_note_id as form_id,
        patient_id,
        cast(null as varchar) as provider_id,
        username,
        'SOAP' as note_type,
        cast(null as varchar) as title,
        nullif(
            concat_ws(
                chr(10),
                'Subjective: ' || subjective,
                'Objective: ' || objective,
                'Assessment: ' || assessment,
                'Plan: ' || plan
            ),
            ''
        ) as body,
        note_at_local as noted_at_local,
        cast(null as timestamp) as modified_at_local,
        not coalesce(is_active, true) as is_deleted
    from {{ ref('stg_openemr__soap_notes') }}

    union all

    select
        source_system,
        'form_dictation' as raw_table,
        dictation_id as raw_id,
        'dictation' as form_kind,
        dictation_id as form_id,
        patient_id,
        cast(null as varchar) as provider_id,
        username,
        'Dictation' as note_type,
        cast(null as varchar) as title,
        nullif(concat_ws(chr(10), dictation, additional_notes), '') as body,
        note_at_local as noted_at_local,
        cast(null as timestamp) as modified_at_local,
        not coalesce(is_active, true) as is_deleted
    from {{ ref('stg_openemr__dictations') }}

    union all

    select
        source_system,
        'pnotes' as raw_table,
        patient_note_id as raw_id,
        cast(null as varchar) as form_kind,
        cast(null as varchar) as form_id,
        patient_id,
        cast(null as varchar) as provider_id,
        username,
        coalesce(title, 'Unassigned') as note_type,
        title,
        body,
        note_at_local as noted_at_local,
        updated_at_local as modified_at_local,
        coalesce(is_deleted, false) as is_deleted
    from {{ ref('stg_openemr__patient_notes') }}
    where not coalesce(is_encrypted, false)

),

settled as (

    select
        gathered.source_system,
        gathered.raw_table,
        gathered.raw_id,
        gathered.patient_id,
        coalesce(gathered.provider_id, users.user_id) as author_id,
        gathered.note_type,
        gathered.title,
        gathered.body,
        gathered.noted_at_local,
        gathered.modified_at_local,
        gathered.is_deleted or coalesce(forms.is_deleted, false) as is_deleted
    from gathered
    left join forms
        on
            gathered.source_system = forms.source_system
            and gathered.form_kind = forms.form_kind
            and gathered.form_id = forms.form_id
    left join users
        on
            gathered.source_system = users.source_system
            and gathered.username = users.username

)

select * from settled
