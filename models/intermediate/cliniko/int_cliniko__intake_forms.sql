{#
    Forms in the clinic contract's columns, as text and as Cliniko's own JSON. One that nobody has
    sent back yet is in progress.
#}
with

forms as (

    select * from {{ ref('stg_cliniko__patient_forms') }}

),

written as (

    {{ text_of_answers('stg_cliniko__patient_forms__answers', 'patient_form_id') }}

),

shaped as (

    select
        {{ clinic_key('forms.source_system', 'intake_form', 'forms.patient_form_id') }}
            as intake_form_key,
        forms.source_system,
        forms.patient_form_id as source_id,
        {{ clinic_key('forms.source_system', 'patient', 'forms.patient_id') }} as patient_key,
        cast(null as varchar) as author_provider_key,
        forms.form_name,
        case when forms.completed_at is null then 'in-progress' else 'completed' end
            as status_code,
        written.body,
        case when written.body is not null then forms.content_json end as content_json,
        coalesce(forms.completed_at, forms.created_at) as authored_at,
        forms.created_at,
        forms.modified_at
    from forms
    left join written
        on
            forms.source_system = written.source_system
            and forms.patient_form_id = written.patient_form_id

)

select * from shaped
