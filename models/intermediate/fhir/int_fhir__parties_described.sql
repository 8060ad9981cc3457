{#
    What a person, an organization or a place is called, known by and reached at, side by side: the
    choices of int_fhir__names_chosen, __contact_points_chosen, __addresses_chosen and
    __identifiers_chosen, so that each entity joins once. One row per resource that has any of them.
#}
with

names as (

    select * from {{ ref('int_fhir__names_chosen') }}

),

contact_points as (

    select * from {{ ref('int_fhir__contact_points_chosen') }}

),

addresses as (

    select * from {{ ref('int_fhir__addresses_chosen') }}

),

identifiers as (

    select * from {{ ref('int_fhir__identifiers_chosen') }}

),

parties as (

    {# `union` on purpose: a party is one, however many of the four know it. #}
    select
        source_system,
        resource_type,
        resource_id
    from names

    union

    select
        source_system,
        resource_type,
        resource_id
    from contact_points

    union

    select
        source_system,
        resource_type,
        resource_id
    from addresses

    union

    select
        source_system,
        resource_type,
        resource_id
    from identifiers

),

described as (

    select
        parties.source_system,
        parties.resource_type,
        parties.resource_id,
        names.name_prefix,
        names.given_name,
        names.middle_name,
        names.family_name,
        names.name_suffix,
        names.preferred_name,
        names.name_text,
        contact_points.email,
        contact_points.home_phone,
        contact_points.mobile_phone,
        contact_points.work_phone,
        addresses.street,
        addresses.city,
        addresses.state,
        addresses.postal_code,
        addresses.country,
        identifiers.mrn,
        identifiers.npi,
        identifiers.payer_id
    from parties
    left join names
        on
            parties.source_system = names.source_system
            and parties.resource_type = names.resource_type
            and parties.resource_id = names.resource_id
    left join contact_points
        on
            parties.source_system = contact_points.source_system
            and parties.resource_type = contact_points.resource_type
            and parties.resource_id = contact_points.resource_id
    left join addresses
        on
            parties.source_system = addresses.source_system
            and parties.resource_type = addresses.resource_type
            and parties.resource_id = addresses.resource_id
    left join identifiers
        on
            parties.source_system = identifiers.source_system
            and parties.resource_type = identifiers.resource_type
            and parties.resource_id = identifiers.resource_id

)

select * from described
