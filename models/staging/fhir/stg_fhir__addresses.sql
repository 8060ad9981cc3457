{# One row per address of a person or organization. #}
with

patients as (

    select * from {{ ref('stg_fhir__patients') }}

),

practitioners as (

    select * from {{ ref('stg_fhir__practitioners') }}

),

related_persons as (

    select * from {{ ref('stg_fhir__related_persons') }}

),

organizations as (

    select * from {{ ref('stg_fhir__organizations') }}

),

collected as (

    select
        source_system,
        'Patient' as resource_type,
        patient_id as resource_id,
        addresses_json
    from patients

    union all

    select
        source_system,
        'Practitioner' as resource_type,
        practitioner_id as resource_id,
        addresses_json
    from practitioners

    union all

    select
        source_system,
        'RelatedPerson' as resource_type,
        related_person_id as resource_id,
        addresses_json
    from related_persons

    union all

    select
        source_system,
        'Organization' as resource_type,
        organization_id as resource_id,
        addresses_json
    from organizations

),

exploded as (

    {{ explode_json(
        'collected',
        ['source_system', 'resource_type', 'resource_id'],
        'addresses_json'
    ) }}

),

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
