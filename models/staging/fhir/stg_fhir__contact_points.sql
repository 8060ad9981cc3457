{# One row per phone number or e-mail address of a person, organization or location. #}
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

locations as (

    select * from {{ ref('stg_fhir__locations') }}

),

collected as (

    select
        source_system,
        'Patient' as resource_type,
        patient_id as resource_id,
        telecoms_json
    from patients

    union all

    select
        source_system,
        'Practitioner' as resource_type,
        practitioner_id as resource_id,
        telecoms_json
    from practitioners

    union all

    select
        source_system,
        'RelatedPerson' as resource_type,
        related_person_id as resource_id,
        telecoms_json
    from related_persons

    union all

    select
        source_system,
        'Organization' as resource_type,
        organization_id as resource_id,
        telecoms_json
    from organizations

    union all

    select
        source_system,
        'Location' as resource_type,
        location_id as resource_id,
        telecoms_json
    from locations

),

exploded as (

    {{ explode_json(
        'collected',
        ['source_system', 'resource_type', 'resource_id'],
        'telecoms_json'
    ) }}

),

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
