{#
    Persons related to a household that is not their own: relatives whom the source names,
    guarantors who answer for a household's member and live in another one, and members of a second
    family, whose other active account names another guarantor.
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

resolved as (

    select * from {{ ref('int_patients_resolved') }}

    where excluded_reason is null

),

guarantor_accounts as (

    select * from {{ ref('int_clinic__guarantor_accounts') }}

    where is_active

),

account_members as (

    select
        guarantor_accounts.guarantor_account_key,
        guarantor_accounts.guarantor_patient_key,
        resolved.survivor_patient_key as contact_patient_key,
        guarantor_accounts.created_at,
        guarantor_accounts.modified_at

    from guarantor_accounts

    inner join resolved on guarantor_accounts.patient_key = resolved.patient_key

),

account_guarantors as (

    select
        resolved.patient_key as guarantor_patient_key,
        households.household_key,
        {{ derived_key('resolved.survivor_patient_key', 'household') }} as headed_household_key

    from resolved

    inner join households on resolved.survivor_patient_key = households.patient_key

),

contact_households as (

    select
        patient_key as contact_patient_key,
        household_key as own_household_key

    from households

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

    union all

    select
        {{ derived_key('account_members.guarantor_account_key', 'account_relation') }}
            as relation_key,
        3 as preference,
        account_guarantors.household_key,
        account_members.contact_patient_key,
        'Dependent' as family_role,
        true as is_active,
        account_members.created_at,
        account_members.modified_at

    from account_members

    inner join account_guarantors
        on account_members.guarantor_patient_key = account_guarantors.guarantor_patient_key

    inner join contact_households
        on account_members.contact_patient_key = contact_households.contact_patient_key

    where
        account_guarantors.household_key != contact_households.own_household_key
        and account_guarantors.headed_household_key != contact_households.own_household_key

)

select * from gathered
