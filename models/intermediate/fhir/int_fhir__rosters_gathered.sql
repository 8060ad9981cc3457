{# Who is on the roster: practitioners with a role, what they do there, and who uses the CRM. #}
with

role_extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'PractitionerRole'

),

practitioner_roles as (

    select * from {{ ref('stg_fhir__practitioner_roles') }}
    where practitioner_id is not null

),

rosters as (

    select
        practitioner_roles.source_system,
        practitioner_roles.practitioner_id,
        {# Several roles: the specialty of an active one first, then by role id. #}
        min_by(
            practitioner_roles.specialty,
            case when coalesce(practitioner_roles.is_active, true) then '0' else '1' end
            || practitioner_roles.practitioner_role_id
        ) as specialty,
        bool_or(coalesce(role_extensions.is_crm_user, false)) as is_crm_user
    from practitioner_roles
    left join role_extensions
        on
            practitioner_roles.source_system = role_extensions.source_system
            and practitioner_roles.practitioner_role_id = role_extensions.resource_id
    group by practitioner_roles.source_system, practitioner_roles.practitioner_id

)

select * from rosters
