{# One row per resource contained in a MedicationRequest (a Medication). #}
with

medication_requests as (

    select * from {{ ref('stg_fhir__medication_requests') }}

),

exploded as (

    {{ explode_json(
        'medication_requests',
        ['source_system', 'medication_request_id'],
        'contained_json'
    ) }}

),

extracted as (

    select
        source_system,
        medication_request_id,
        ordinal,
        {{ json_texts('element', {
            'resource_type': '$.resourceType',
            'id': '$.id',
            'text': '$.code.text',
            'system': '$.code.coding[0].system',
            'code': '$.code.coding[0].code',
            'display': '$.code.coding[0].display',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        medication_request_id,
        ordinal,
        texts['resource_type'] as resource_type,
        texts['id'] as contained_id,
        texts['system'] as code_system,
        texts['code'] as code,
        coalesce(texts['text'], texts['display']) as code_description
    from extracted

)

select * from renamed
