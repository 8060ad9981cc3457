{# Insurance companies in the clinic contract's columns, each with its first address and number. #}
with

companies as (

    select * from {{ ref('stg_openemr__insurance_companies') }}

),

addresses as (

    select
        source_system,
        owner_id,
        nullif(concat_ws(chr(10), line_1, line_2), '') as street,
        city,
        state,
        nullif(concat_ws('-', postal_code, postal_code_suffix), '') as postal_code,
        country,
        row_number() over (
            partition by source_system, owner_id
            order by try_cast(address_id as bigint)
        ) as preference
    from {{ ref('stg_openemr__addresses') }}

),

phone_numbers as (

    select
        source_system,
        owner_id,
        nullif(concat_ws('-', area_code, exchange_code, line_number), '') as phone,
        row_number() over (
            partition by source_system, owner_id
            {# Type 2 is the number of the office; a fax is 5. #}
            order by number_type != '2', number_type = '5', try_cast(phone_number_id as bigint)
        ) as preference
    from {{ ref('stg_openemr__phone_numbers') }}

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

shaped as (

    select
        {{ clinic_key('companies.source_system', 'payer', 'companies.insurance_company_id') }}
            as payer_key,
        companies.source_system,
        companies.insurance_company_id as source_id,
        companies.payer_id,
        companies.company_name as payer_name,
        phone_numbers.phone,
        cast(null as varchar) as email,
        addresses.street,
        addresses.city,
        addresses.state,
        addresses.postal_code,
        addresses.country,
        not coalesce(companies.is_inactive, false) as is_active,
        {{ utc_from_local('companies.created_at_local', 'clinics.time_zone') }} as created_at,
        {{ utc_from_local('companies.modified_at_local', 'clinics.time_zone') }} as modified_at
    from companies
    inner join clinics on companies.source_system = clinics.source_system
    left join addresses
        on
            companies.source_system = addresses.source_system
            and companies.insurance_company_id = addresses.owner_id
            and addresses.preference = 1
    left join phone_numbers
        on
            companies.source_system = phone_numbers.source_system
            and companies.insurance_company_id = phone_numbers.owner_id
            and phone_numbers.preference = 1

)

select * from shaped
