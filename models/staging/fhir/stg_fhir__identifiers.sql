{# One row per identifier of a person or organization. #}
with

{{ fhir_elements('identifiers_json', [
    ['stg_fhir__patients', 'Patient', 'patient_id'],
    ['stg_fhir__practitioners', 'Practitioner', 'practitioner_id'],
    ['stg_fhir__organizations', 'Organization', 'organization_id'],
]) }},

extracted as (

    select
        source_system,
        resource_type,
        resource_id,
        ordinal,
        {{ json_texts('element', {
            'use': '$.use',
            'type': '$.type.coding[0].code',
            'system': '$.system',
            'value': '$.value',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        resource_type,
        resource_id,
        ordinal,
        texts['use'] as identifier_use,
        texts['type'] as identifier_type,
        texts['system'] as identifier_system,
        texts['value'] as identifier_value
    from extracted

)

select * from renamed
