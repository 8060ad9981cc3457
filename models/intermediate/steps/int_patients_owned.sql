{# Who looks after a person in Salesforce: the primary provider, by e-mail. #}
with

patients as (

    select * from {{ ref('int_clinic__patients') }}

),

owners as (

    select * from {{ ref('int_providers_matched_to_owners') }}

),

owned as (

    select
        patients.patient_key,
        owners.provider_key as primary_provider_key,
        owners.owner_email

    from patients

    left join owners on patients.primary_provider_key = owners.provider_key

)

select * from owned
