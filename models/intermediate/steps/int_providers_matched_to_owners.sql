{# The e-mail address by which the loader finds a provider's User; null is the default owner. #}
with

providers as (

    select * from {{ ref('int_clinic__providers') }}

),

matched as (

    select
        provider_key,
        lower({{ email_if_valid('email') }}) as owner_email

    from providers

)

select * from matched
