{# Payers in the shape of an Account, one for those listed twice. #}
with

payers as (

    select * from {{ ref('int_clinic__payers') }}

),

survivors as (

    select * from {{ ref('int_payers_deduplicated') }}

    where payer_key = survivor_payer_key

),

accounts as (

    select
        payers.payer_key as account_key,
        'Payer' as account_type,
        cast(null as string) as owner_email,
        coalesce(payers.payer_name, payers.payer_id, payers.source_id) as account_name,
        payers.payer_id,
        payers.phone,
        payers.email,
        payers.street,
        payers.city,
        payers.state,
        payers.postal_code,
        payers.country,
        cast(null as string) as time_zone,
        cast(null as string) as custom_fields,
        coalesce(payers.is_active, true) as is_active,
        payers.created_at,
        payers.modified_at

    from payers

    inner join survivors on payers.payer_key = survivors.payer_key

)

select * from accounts
