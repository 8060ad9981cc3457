{# One row per identifier of a person or organization. #}
with

patients as (

    select * from {{ ref('stg_fhir__patients') }}

),

practitioners as (

    select * from {{ ref('stg_fhir__practitioners') }}

),

organizations as (

    select * from {{ ref('stg_fhir__organizations') }}

),

collected as (

    select
        source_system,
        'Patient' as resource_type,
        patient_id as resource_id,
        identifiers_json
    from patients

    union all

    select
        source_system,
        'Practitioner' as resource_type,
        practitioner_id as resource_id,
        identifiers_json
    from practitioners

    union all

    select
        source_system,
        'Organization' as resource_type,
        organization_id as resource_id,
        identifiers_json
    from organizations

),

exploded as (

    {{ explode_json(
        'collected',
        ['source_system', 'resource_type', 'resource_id'],
        'identifiers_json'
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
