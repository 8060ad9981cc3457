{#
    The identifiers that later steps match people and payers by, one of each kind per resource:
    the medical record number (type MR), the national provider id, the payer id.
#}
with

identifiers as (

    select * from {{ ref('stg_fhir__identifiers') }}
    where identifier_value is not null

),

sorted_by_kind as (

    select
        source_system,
        resource_type,
        resource_id,
        identifier_value,
        identifier_use,
        ordinal,
        case
            when resource_type = 'Patient' and identifier_type = 'MR' then 'mrn'
            when resource_type = 'Practitioner' and identifier_system like '%/us-npi' then 'npi'
            when resource_type = 'Organization' and identifier_system like '%/payer-id'
                then 'payer_id'
        end as kind
    from identifiers

),

ranked as (

    select
        source_system,
        resource_type,
        resource_id,
        kind,
        identifier_value,
        row_number() over (
            partition by source_system, resource_type, resource_id, kind
            order by coalesce(identifier_use, '') = 'old', ordinal
        ) as preference
    from sorted_by_kind

),

chosen as (

    select
        source_system,
        resource_type,
        resource_id,
        max(case when kind = 'mrn' then identifier_value end) as mrn,
        max(case when kind = 'npi' then identifier_value end) as npi,
        max(case when kind = 'payer_id' then identifier_value end) as payer_id
    from ranked
    where preference = 1
    group by source_system, resource_type, resource_id

)

select * from chosen
