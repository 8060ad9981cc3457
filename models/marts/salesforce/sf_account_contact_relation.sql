{#
    A person's tie to another family. The tie to one's own household is Contact.AccountId, for which
    Salesforce makes a relation by itself. Several records of one tie are one row with all roles.
#}
with

gathered as (

    select * from {{ ref('int_household_relations_gathered') }}

),

numbered as (

    select
        relation_key,
        household_key,
        contact_patient_key,
        is_active,
        created_at,
        modified_at,
        row_number() over (
            partition by household_key, contact_patient_key
            order by preference asc, relation_key asc
        ) as relation_number

    from gathered

),

roles as (

    select
        household_key,
        contact_patient_key,
        family_role

    from gathered

    group by household_key, contact_patient_key, family_role

),

role_lists as (

    select
        household_key,
        contact_patient_key,
        string_agg(family_role, ';' order by family_role asc) as family_roles

    from roles

    group by household_key, contact_patient_key

),

relations as (

    select

        ---------- ids
        numbered.relation_key as Clinic_Id__c,
        numbered.household_key as AccountId,
        numbered.contact_patient_key as ContactId,

        ---------- strings
        role_lists.family_roles as Roles,

        ---------- booleans
        numbered.is_active as IsActive,

        ---------- timestamps
        numbered.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        numbered.modified_at as Source_Modified_At__c

    from numbered

    inner join role_lists
        on
            numbered.household_key = role_lists.household_key
            and numbered.contact_patient_key = role_lists.contact_patient_key

    where numbered.relation_number = 1

)

select * from relations
