{# One row per location at which a role is held. #}
with

practitioner_roles as (

    select * from {{ ref('stg_fhir__practitioner_roles') }}

),

exploded as (

    {{ explode_json(
        'practitioner_roles',
        ['source_system', 'practitioner_role_id', 'practitioner_id', 'is_active', 'modified_at'],
        'locations_json'
    ) }}

),

extracted as (

    select
        source_system,
        practitioner_role_id,
        practitioner_id,
        is_active,
        modified_at,
        ordinal,
        {{ json_texts('element', {
            'location': '$.reference',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        practitioner_role_id,
        practitioner_id,
        is_active,
        modified_at,
        ordinal,
        {{ fhir_reference_id("texts['location']", 'Location') }} as location_id
    from extracted

)

select * from renamed
