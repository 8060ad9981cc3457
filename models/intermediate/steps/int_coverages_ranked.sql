{#
    Which insurance pays first. Coverages in force come before others, then the order that the
    source states, then the older one, then the key: no two rank alike.
#}
with

coverages as (

    select * from {{ ref('int_clinic__coverages') }}

),

settled as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity = 'coverages' and excluded_reason is null

),

ranked as (

    select
        coverages.coverage_key,
        row_number() over (
            partition by settled.patient_key
            order by
                coalesce(coverages.status_code, 'active') = 'active' desc,
                coverages.coverage_order asc nulls last,
                coverages.effective_date asc nulls last,
                coverages.coverage_key asc
        ) as coverage_rank

    from coverages

    inner join settled on coverages.coverage_key = settled.record_key

)

select * from ranked
