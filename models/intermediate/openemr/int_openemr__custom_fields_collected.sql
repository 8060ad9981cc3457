{# A patient's own fields as one JSON object, in the order of their names. #}
with

custom_field_values as (

    select * from {{ ref('int_openemr__custom_field_values') }}

),

collected as (

    select
        source_system,
        patient_id,
        '{' || string_agg(
            {{ json_string('field_name') }} || ':' || {{ json_string('field_value') }},
            ',' order by field_name
        ) || '}' as custom_fields
    from custom_field_values
    group by source_system, patient_id

)

select * from collected
