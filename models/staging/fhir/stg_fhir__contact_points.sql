{# One row per phone number or e-mail address of a person, organization or location. #}
with

{{ fhir_elements('telecoms_json', [
    ['stg_fhir__patients', 'Patient', 'patient_id'],
    ['stg_fhir__practitioners', 'Practitioner', 'practitioner_id'],
    ['stg_fhir__related_persons', 'RelatedPerson', 'related_person_id'],
    ['stg_fhir__organizations', 'Organization', 'organization_id'],
    ['stg_fhir__locations', 'Location', 'location_id'],
]) }},

extracted as (

    select
        source_system,
        resource_type,
        resource_id,
        ordinal,
        {{ json_texts('element', {
            'system': '$.system',
            'value': '$.value',
            'use': '$.use',
            'rank': '$.rank',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        resource_type,
        resource_id,
        ordinal,
        texts['system'] as contact_system,
        texts['use'] as contact_use,
        texts['value'] as contact_value,
        try_cast(texts['rank'] as bigint) as contact_rank
    from extracted

)

select * from renamed
