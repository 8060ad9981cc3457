{# One row per custom field of a chart, by the field's own name; of choices those that were made. #}
with

source as (

    select
        system as source_system,
        id as patient_id,
        json_extract(doc, '$.custom_fields.sections') as sections
    from {{ source('raw_cliniko', 'patients') }}

),

sections as (

    {{ explode_json('source', ['source_system', 'patient_id'], 'sections') }}

),

opened as (

    select
        source_system,
        patient_id,
        ordinal as section_number,
        json_extract_string(element, '$.name') as section_name,
        json_extract(element, '$.fields') as own_fields
    from sections

),

own_fields_told_apart as (

    {{ explode_json(
        'opened', ['source_system', 'patient_id', 'section_number', 'section_name'], 'own_fields'
    ) }}

),

renamed as (

    select
        source_system,
        patient_id,
        section_number,
        section_name,
        ordinal as field_number,
        trim(json_extract_string(element, '$.name')) as field_name,
        coalesce(
            nullif(trim(json_extract_string(element, '$.value')), ''),
            {{ chosen_options('element', '$.options[*]', '$.name') }}
        ) as field_value
    from own_fields_told_apart

)

select * from renamed
