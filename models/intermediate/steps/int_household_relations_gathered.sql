{#
    Persons related to a household that is not their own: relatives whom the source names, and
    guarantors who answer for a household's member and live in another one.
#}
with

relationships as (

    select * from {{ ref('int_relationships_settled') }}

    where excluded_reason is null and survivor_key != household_key

),

roles as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'family_role'

),

households as (

    select * from {{ ref('int_patients_grouped_into_households') }}

),

heads as (

    select
        patient_key as head_patient_key,
        household_key as head_household_key

    from households

),

gathered as (

    select
        relationships.record_key as relation_key,
        1 as preference,
        relationships.household_key,
        relationships.contact_patient_key,
        coalesce(roles.salesforce_value, 'Other Relative') as family_role,
        coalesce(relationships.is_active, true) as is_active,
        relationships.created_at,
        relationships.modified_at

    from relationships

    left join roles
        on
            relationships.source_system = roles.source_system
            and relationships.relationship_code = roles.source_value

    union all

    select
        {{ derived_key('households.patient_key', 'guarantor_relation') }} as relation_key,
        2 as preference,
        households.household_key,
        households.head_patient_key as contact_patient_key,
        'Guarantor' as family_role,
        true as is_active,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as modified_at

    from households

    inner join heads on households.head_patient_key = heads.head_patient_key

    where households.household_key != heads.head_household_key

)

select * from gathered
