{#
    Layout-based forms in the clinic contract's columns: `body` has a line per field, with the title
    that the layout gives it.
#}
with

forms as (

    select * from {{ ref('stg_openemr__forms') }}
    where starts_with(form_kind, 'LBF')

),

layout_fields as (

    select
        source_system,
        layout_id,
        field_id,
        min(title) as title,
        min(sequence_number) as sequence_number
    from {{ ref('stg_openemr__layout_fields') }}
    group by source_system, layout_id, field_id

),

layout_values as (

    select * from {{ ref('stg_openemr__layout_values') }}
    where field_value is not null

),

filled as (

    select
        forms.source_system,
        forms.form_row_id,
        string_agg(
            coalesce(layout_fields.title, layout_values.field_id)
            || ': '
            || layout_values.field_value,
            chr(10) order by layout_fields.sequence_number nulls last, layout_values.field_id
        ) as body,
        '{' || string_agg(
            {{ json_string('layout_values.field_id') }}
            || ':'
            || {{ json_string('layout_values.field_value') }},
            ',' order by layout_values.field_id
        ) || '}' as content_json
    from forms
    inner join layout_values
        on
            forms.source_system = layout_values.source_system
            and forms.form_id = layout_values.form_id
    left join layout_fields
        on
            forms.source_system = layout_fields.source_system
            and forms.form_kind = layout_fields.layout_id
            and layout_values.field_id = layout_fields.field_id
    group by forms.source_system, forms.form_row_id

),

users as (

    select
        source_system,
        username,
        min(user_id) as user_id
    from {{ ref('stg_openemr__users') }}
    where username is not null
    group by source_system, username

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

shaped as (

    select
        {{ clinic_key('forms.source_system', 'intake_form', 'forms.form_row_id') }}
            as intake_form_key,
        forms.source_system,
        forms.form_row_id as source_id,
        {{ clinic_key('forms.source_system', 'patient', 'forms.patient_id') }} as patient_key,
        {{ clinic_key(
            'forms.source_system', 'provider', 'coalesce(forms.provider_id, users.user_id)'
        ) }} as author_provider_key,
        coalesce(forms.form_name, forms.form_kind) as form_name,
        case when forms.is_deleted then 'entered-in-error' else 'completed' end as status_code,
        filled.body,
        filled.content_json,
        {{ utc_from_local('forms.form_at_local', 'clinics.time_zone') }} as authored_at,
        {{ utc_from_local('forms.form_at_local', 'clinics.time_zone') }} as created_at,
        cast(null as timestamp) as modified_at
    from forms
    inner join clinics on forms.source_system = clinics.source_system
    left join filled
        on
            forms.source_system = filled.source_system
            and forms.form_row_id = filled.form_row_id
    left join users
        on
            forms.source_system = users.source_system
            and forms.username = users.username

)

select * from shaped
