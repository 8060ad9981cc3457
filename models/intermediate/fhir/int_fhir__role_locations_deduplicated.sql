{#
    One row per provider and location, with the role that stands for the pair (the smallest id).
    The pair is active where one of its roles is.
#}
with

role_locations as (

    select * from {{ ref('stg_fhir__practitioner_roles__locations') }}
    where practitioner_id is not null and location_id is not null

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'PractitionerRole'

),

deduplicated as (

    select
        role_locations.source_system,
        role_locations.practitioner_id,
        role_locations.location_id,
        min(role_locations.practitioner_role_id) as practitioner_role_id,
        bool_or(coalesce(role_locations.is_active, true)) as is_active,
        min(extensions.created_at) as created_at,
        max(role_locations.modified_at) as modified_at
    from role_locations
    left join extensions
        on
            role_locations.source_system = extensions.source_system
            and role_locations.practitioner_role_id = extensions.resource_id
    group by
        role_locations.source_system, role_locations.practitioner_id, role_locations.location_id

)

select * from deduplicated
