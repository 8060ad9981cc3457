{#
    The clinic's own fields of patients: those of the demographics layout that the clinic contract
    has no column for, and the newest value of each field of a layout-based form. Where two fields
    have one name, the demographics have it; the form's value stands in the form.
#}
with

layout_fields as (

    select
        source_system,
        field_id,
        {# Lists of users and of pharmacies: 0 is nobody. #}
        bool_or(data_type in ('10', '11', '12', '14')) as names_somebody
    from {{ ref('stg_openemr__layout_fields') }}
    where layout_id = 'DEM' and use_code != '0'
    group by source_system, field_id

),

patient_fields as (

    select * from {{ ref('stg_openemr__patients__fields') }}

),

layout_values as (

    select * from {{ ref('stg_openemr__layout_values') }}
    where field_value is not null

),

understood as (

    select * from {{ ref('openemr_understood_fields') }}

),

demographics as (

    select
        patient_fields.source_system,
        patient_fields.patient_id,
        patient_fields.field_name,
        patient_fields.field_value,
        'patient_data' as raw_table,
        patient_fields.patient_id as raw_id,
        0 as preference,
        cast(null as timestamp) as filled_at_local
    from patient_fields
    inner join layout_fields
        on
            patient_fields.source_system = layout_fields.source_system
            and patient_fields.field_name = layout_fields.field_id
    left join understood on patient_fields.field_name = understood.field_name
    where
        understood.field_name is null
        and not (layout_fields.names_somebody and patient_fields.field_value = '0')

),

forms as (

    select * from {{ ref('stg_openemr__forms') }}
    where starts_with(form_kind, 'LBF') and not is_deleted

),

form_values as (

    select
        layout_values.source_system,
        forms.patient_id,
        layout_values.field_id as field_name,
        layout_values.field_value,
        'lbf_data' as raw_table,
        layout_values.raw_id,
        1 as preference,
        forms.form_at_local as filled_at_local
    from layout_values
    inner join forms
        on
            layout_values.source_system = forms.source_system
            and layout_values.form_id = forms.form_id
    where forms.patient_id is not null

),

unioned as (

    select * from demographics

    union all

    select * from form_values

),

ranked as (

    select
        source_system,
        patient_id,
        field_name,
        field_value,
        raw_table,
        raw_id,
        row_number() over (
            partition by source_system, patient_id, field_name
            order by preference asc, filled_at_local desc nulls last, raw_id desc
        ) as place
    from unioned

),

chosen as (

    select
        source_system,
        patient_id,
        field_name,
        field_value,
        raw_table,
        raw_id
    from ranked
    where place = 1

)

select * from chosen
