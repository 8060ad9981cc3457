{#
    The extensions that this project understands, a column each, one row per resource that has one.
    Absent is null: `opt-out-email` not stated is not a consent.
#}
with

extensions as (

    select * from {{ ref('stg_fhir__extensions') }}
    where not is_custom_field

),

gathered as (

    select
        source_system,
        resource_type,
        resource_id,
        {{ extension_value('home-location') }} as home_location_reference,
        {{ extension_value('patient') }} as patient_reference,
        {{ extension_value('series-key') }} as series_key,
        {{ extension_value('timezone') }} as time_zone,
        {{ extension_value('payment-method') }} as payment_method,
        {{ extension_value('referral-source-name') }} as referral_source_name,
        {{ extension_value('relationship-type') }} as relationship_type,
        {{ extension_value('account-balance') }} as balance_text,
        max(case when extension_name = 'account-balance' then extension_currency end)
            as balance_currency,
        try_cast({{ extension_value('referral-volume') }} as bigint) as referral_volume,
        try_cast({{ extension_value('account-balance') }} as decimal(18, 2)) as balance,
        try_cast({{ extension_value('crm-user') }} as boolean) as is_crm_user,
        try_cast({{ extension_value('prepaid') }} as boolean) as is_prepaid,
        try_cast({{ extension_value('opt-out-email') }} as boolean) as has_opted_out_of_email,
        try_cast({{ extension_value('opt-out-sms') }} as boolean) as has_opted_out_of_sms,
        try_cast({{ extension_value('opt-out-phone') }} as boolean) as has_opted_out_of_phone,
        try_cast({{ extension_value('opt-out-mail') }} as boolean) as has_opted_out_of_mail,
        {{ fhir_timestamp(extension_value('created-at')) }} as created_at
    from extensions
    group by source_system, resource_type, resource_id

)

select * from gathered
