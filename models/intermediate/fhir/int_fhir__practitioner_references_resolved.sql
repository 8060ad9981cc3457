{#
    Who a reference to a practitioner really means, once for every reference that any record makes.
    `Practitioner/x` is taken at its word, whether or not x exists (an orphan is reported later).
    A PractitionerRole stands for its practitioner. `urn:uuid:x` states no type: it is resolved by
    who has the id, and null where that is an organization, a patient or a relative. A conditional
    reference (`Practitioner?identifier=system|value`) is resolved by the identifier.
#}
with

references_made as (

    select * from {{ ref('int_fhir__practitioner_references') }}

),

practitioners as (

    select * from {{ ref('stg_fhir__practitioners') }}

),

practitioner_roles as (

    select * from {{ ref('stg_fhir__practitioner_roles') }}

),

identifiers as (

    select
        source_system,
        identifier_system || '|' || identifier_value as identifier_token,
        {# An identifier that two practitioners share: the smaller id, the same in every build. #}
        min(resource_id) as practitioner_id
    from {{ ref('stg_fhir__identifiers') }}
    where resource_type = 'Practitioner'
    group by source_system, identifier_system, identifier_value

),

somebody_else as (

    select
        source_system,
        organization_id as resource_id
    from {{ ref('stg_fhir__organizations') }}

    union

    select
        source_system,
        patient_id as resource_id
    from {{ ref('stg_fhir__patients') }}

    union

    select
        source_system,
        related_person_id as resource_id
    from {{ ref('stg_fhir__related_persons') }}

),

read_once as (

    select
        source_system,
        reference,
        {{ fhir_reference_type('reference') }} as reference_type,
        {{ fhir_reference_id('reference') }} as reference_id
    from references_made
    where reference is not null
    group by source_system, reference

),

resolved as (

    select
        read_once.source_system,
        read_once.reference,
        case
            when read_once.reference like '%Practitioner?identifier=%'
                then identifiers.practitioner_id
            when read_once.reference_type = 'Practitioner' then read_once.reference_id
            when read_once.reference_type = 'PractitionerRole'
                then practitioner_roles.practitioner_id
            when read_once.reference not like 'urn:%' then null
            when practitioners.practitioner_id is not null then practitioners.practitioner_id
            when practitioner_roles.practitioner_id is not null
                then practitioner_roles.practitioner_id
            when somebody_else.resource_id is null then read_once.reference_id
        end as practitioner_id
    from read_once
    left join practitioners
        on
            read_once.source_system = practitioners.source_system
            and read_once.reference_id = practitioners.practitioner_id
    left join practitioner_roles
        on
            read_once.source_system = practitioner_roles.source_system
            and read_once.reference_id = practitioner_roles.practitioner_role_id
    left join identifiers
        on
            read_once.source_system = identifiers.source_system
            and substr(read_once.reference_id, length('identifier=') + 1)
            = identifiers.identifier_token
    left join somebody_else
        on
            read_once.source_system = somebody_else.source_system
            and read_once.reference_id = somebody_else.resource_id

)

select * from resolved
