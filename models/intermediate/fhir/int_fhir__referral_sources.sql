{#
    Referral sources in the clinic contract's columns. The three kinds share one key space:
    `practitioner/<id>`, `organization/<id>`, `marketing/<name>`.
#}
with

gathered as (

    select * from {{ ref('int_fhir__referral_sources_gathered') }}

),

parties as (

    select * from {{ ref('int_fhir__parties_described') }}
    where resource_type in ('Practitioner', 'Organization')

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type in ('Practitioner', 'Organization')

),

shaped as (

    select
        {{ clinic_key(
            'gathered.source_system',
            'referral_source',
            ['gathered.source_type', 'gathered.resource_id']
        ) }} as referral_source_key,
        gathered.source_system,
        gathered.source_type || '/' || gathered.resource_id as source_id,
        gathered.source_type,
        parties.given_name,
        coalesce(parties.family_name, parties.name_text) as family_name,
        gathered.company,
        parties.npi,
        parties.email,
        coalesce(parties.work_phone, parties.mobile_phone, parties.home_phone) as phone,
        parties.street,
        parties.city,
        parties.state,
        parties.postal_code,
        parties.country,
        extensions.created_at,
        gathered.modified_at
    from gathered
    left join parties
        on
            gathered.source_system = parties.source_system
            and gathered.resource_type = parties.resource_type
            and gathered.resource_id = parties.resource_id
    left join extensions
        on
            gathered.source_system = extensions.source_system
            and gathered.resource_type = extensions.resource_type
            and gathered.resource_id = extensions.resource_id

)

select * from shaped
