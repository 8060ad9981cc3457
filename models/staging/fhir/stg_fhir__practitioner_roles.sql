{# One row per PractitionerRole. `availableTime`, the schedule template, does not migrate. #}
with

source as (

    select * from {{ source('raw_fhir', 'practitioner_role') }}

),

extracted as (

    select
        system as source_system,
        id as practitioner_role_id,
        last_updated,
        {{ json_texts('doc', {
            'is_active': '$.active',
            'practitioner': '$.practitioner.reference',
            'organization': '$.organization.reference',
            'specialty_text': '$.specialty[0].text',
            'specialty_display': '$.specialty[0].coding[0].display',
            'specialty_code': '$.specialty[0].coding[0].code',
            'locations': '$.location',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        practitioner_role_id,
        {{ fhir_reference_id("texts['practitioner']", 'Practitioner') }} as practitioner_id,
        {{ fhir_reference_id("texts['organization']", 'Organization') }} as organization_id,
        coalesce(texts['specialty_text'], texts['specialty_display'], texts['specialty_code'])
            as specialty,
        texts['locations'] as locations_json,
        texts['extensions'] as extensions_json,
        try_cast(texts['is_active'] as boolean) as is_active,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
