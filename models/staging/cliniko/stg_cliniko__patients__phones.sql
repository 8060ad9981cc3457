{# One row per telephone number of a chart, in the chart's own order. #}
with

source as (

    select
        system as source_system,
        id as patient_id,
        json_extract(doc, '$.patient_phone_numbers') as phones
    from {{ source('raw_cliniko', 'patients') }}

),

exploded as (

    {{ explode_json('source', ['source_system', 'patient_id'], 'phones') }}

),

extracted as (

    select
        source_system,
        patient_id,
        ordinal,
        {{ json_texts('element', {'phone_type': '$.phone_type', 'number': '$.number'}) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        patient_id,
        ordinal,
        texts['phone_type'] as phone_type,
        texts['number'] as phone
    from extracted

)

select * from renamed
