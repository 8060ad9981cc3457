{#
    One address per person or organization: home, then an unmarked one, then the rest; among equals
    one where people are (physical) before one for letters only. What is marked `old` is never used:
    a letter there would reach a stranger.
#}
with

addresses as (

    select * from {{ ref('stg_fhir__addresses') }}
    where coalesce(address_use, '') != 'old'

),

ranked as (

    select
        source_system,
        resource_type,
        resource_id,
        street,
        city,
        state,
        postal_code,
        country,
        row_number() over (
            partition by source_system, resource_type, resource_id
            order by
                case coalesce(address_use, 'unstated')
                    when 'home' then 1
                    when 'unstated' then 2
                    when 'temp' then 3
                    when 'work' then 4
                    else 5
                end,
                coalesce(address_type, '') = 'postal',
                ordinal
        ) as preference
    from addresses

),

chosen as (

    select
        source_system,
        resource_type,
        resource_id,
        street,
        city,
        state,
        postal_code,
        country
    from ranked
    where preference = 1

)

select * from chosen
