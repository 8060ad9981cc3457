{#
    Who sends patients, in the clinic contract's columns: contacts who are doctors or whom a patient
    names, and the ways that the practice lists (a type that stands for patients or contacts is
    none).
#}
with

contacts as (

    select * from {{ ref('stg_cliniko__contacts') }}

),

named as (

    select
        source_system,
        referrer_id as contact_id
    from {{ ref('stg_cliniko__referral_sources') }}
    where referrer_kind = 'Contact'

    union distinct

    select
        source_system,
        referring_contact_id as contact_id
    from {{ ref('stg_cliniko__patients') }}
    where referring_contact_id is not null

),

ways as (

    select * from {{ ref('stg_cliniko__referral_source_types') }}
    where referrer_kind is null

),

shaped as (

    select
        {{ clinic_key(
            'contacts.source_system', 'referral_source', ["'contact'", 'contacts.contact_id']
        ) }} as referral_source_key,
        contacts.source_system,
        'contact/' || contacts.contact_id as source_id,
        case
            when contacts.given_name is null and contacts.family_name is null then 'organization'
            else 'practitioner'
        end as source_type,
        contacts.given_name,
        contacts.family_name,
        contacts.company_name as company,
        cast(null as varchar) as npi,
        contacts.email,
        contacts.phone,
        nullif(
            concat_ws(
                chr(10), contacts.street_line_1, contacts.street_line_2, contacts.street_line_3
            ),
            ''
        ) as street,
        contacts.city,
        contacts.state,
        contacts.postal_code,
        contacts.country,
        contacts.created_at,
        contacts.modified_at,
        'contacts' as raw_table,
        contacts.contact_id as raw_id
    from contacts
    left join named
        on
            contacts.source_system = named.source_system
            and contacts.contact_id = named.contact_id
    where contacts.contact_kind = 'Doctor' or named.contact_id is not null

    union all

    select
        {{ clinic_key(
            'source_system', 'referral_source', ["'marketing'", 'referral_source_type_id']
        ) }} as referral_source_key,
        source_system,
        'marketing/' || referral_source_type_id as source_id,
        'marketing' as source_type,
        cast(null as varchar) as given_name,
        cast(null as varchar) as family_name,
        type_name as company,
        cast(null as varchar) as npi,
        cast(null as varchar) as email,
        cast(null as varchar) as phone,
        cast(null as varchar) as street,
        cast(null as varchar) as city,
        cast(null as varchar) as state,
        cast(null as varchar) as postal_code,
        cast(null as varchar) as country,
        created_at,
        modified_at,
        'referral_source_types' as raw_table,
        referral_source_type_id as raw_id
    from ways

)

select * from shaped
