{#
    Practitioners in the clinic contract's columns, former ones as well. Their e-mail stands on
    their account of the software; where the account is shut, or there is none, they have left.
#}
with

practitioners as (

    select * from {{ ref('stg_cliniko__practitioners') }}

),

users as (

    select * from {{ ref('stg_cliniko__users') }}

),

numbers as (

    select
        source_system,
        practitioner_id,
        min_by(reference_number, try_cast(reference_number_id as bigint)) as reference_number
    from {{ ref('stg_cliniko__practitioner_reference_numbers') }}
    group by source_system, practitioner_id

),

shaped as (

    select
        {{ clinic_key('practitioners.source_system', 'provider', 'practitioners.practitioner_id') }}
            as provider_key,
        practitioners.source_system,
        practitioners.practitioner_id as source_id,
        cast(null as varchar) as npi,
        practitioners.name_prefix,
        practitioners.given_name,
        practitioners.family_name,
        cast(null as varchar) as name_suffix,
        cast(null as varchar) as credential,
        numbers.reference_number as license_number,
        cast(null as varchar) as license_state,
        practitioners.designation as specialty,
        users.email,
        cast(null as varchar) as phone,
        cast(null as varchar) as gender_code,
        coalesce(practitioners.is_active_text, 'true') = 'true'
        and coalesce(users.is_active, false) as is_active,
        cast(null as boolean) as is_crm_user,
        false as is_external,
        cast(null as varchar) as custom_fields,
        practitioners.created_at,
        practitioners.modified_at
    from practitioners
    left join users
        on
            practitioners.source_system = users.source_system
            and practitioners.user_id = users.user_id
    left join numbers
        on
            practitioners.source_system = numbers.source_system
            and practitioners.practitioner_id = numbers.practitioner_id

)

select * from shaped
