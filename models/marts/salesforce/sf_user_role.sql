{#
    The clinic's role hierarchy, where it lists one. The prefix tells roles of ours from those that
    the org has already: no field can hold our key.
#}
with

roles as (

    select * from {{ ref('org_roles') }}

),

user_roles as (

    select

        ---------- ids
        'Clinic_' || role as DeveloperName,
        'Clinic_' || reports_to as ParentRoleId,

        ---------- strings
        label as Name

    from roles

)

select * from user_roles
