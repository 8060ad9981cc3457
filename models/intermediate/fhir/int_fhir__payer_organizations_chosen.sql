{# Organizations that are payers: by their type, or because a record names them as one. #}
with

payer_types as (

    select
        source_system,
        organization_id
    from {{ ref('stg_fhir__organizations__types') }}
    where
        type_code in ('ins', 'pay')
        or second_type_code in ('ins', 'pay')
        or third_type_code in ('ins', 'pay')

),

mentions as (

    select * from {{ ref('int_fhir__payer_mentions') }}

),

payer_organizations as (

    {# `union` on purpose: an organization is a payer once, however many records say so. #}
    select
        source_system,
        organization_id
    from payer_types

    union

    select
        source_system,
        organization_id
    from mentions
    where organization_id is not null

)

select * from payer_organizations
