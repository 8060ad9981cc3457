{# Households in the shape of an Account. #}
with

households as (

    select * from {{ ref('int_households_described') }}

),

accounts as (

    select
        household_key as account_key,
        'Patient' as account_type,
        owner_email,
        household_name as account_name,
        cast(null as string) as payer_id,
        phone,
        cast(null as string) as email,
        street,
        city,
        state,
        postal_code,
        country,
        cast(null as string) as time_zone,
        cast(null as string) as custom_fields,
        true as is_active,
        created_at,
        modified_at

    from households

)

select * from accounts
