{# One row per address of a person or organization. #}
with

{{ fhir_elements('addresses_json', [
    ['stg_fhir__patients', 'Patient', 'patient_id'],
    ['stg_fhir__practitioners', 'Practitioner', 'practitioner_id'],
    ['stg_fhir__related_persons', 'RelatedPerson', 'related_person_id'],
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
            'type': '$.type',
            'text': '$.text',
            'line_1': '$.line[0]',
            'line_2': '$.line[1]',
            'line_3': '$.line[2]',
            'city': '$.city',
            'state': '$.state',
            'postal_code': '$.postalCode',
            'country': '$.country',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        resource_type,
        resource_id,
        ordinal,
        texts['use'] as address_use,
        texts['type'] as address_type,
        coalesce(
            nullif(concat_ws(chr(10), texts['line_1'], texts['line_2'], texts['line_3']), ''),
            texts['text']
        ) as street,
        texts['city'] as city,
        texts['state'] as state,
        texts['postal_code'] as postal_code,
        texts['country'] as country
    from extracted

)

select * from renamed
