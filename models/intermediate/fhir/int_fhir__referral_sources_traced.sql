{#
    Referral sources with the raw row each stands for: a marketing source is the first chart's
    that names it.
#}
with

referral_sources as (

    select * from {{ ref('int_fhir__referral_sources') }}

),

charts as (

    select
        source_system,
        referral_source_name,
        min(source_id) as patient_id
    from {{ ref('int_fhir__patients') }}
    where referral_source_name is not null
    group by source_system, referral_source_name

),

traced as (

    select
        referral_sources.referral_source_key,
        referral_sources.source_system,
        case referral_sources.source_type
            when 'marketing' then 'patient'
            else referral_sources.source_type
        end as raw_table,
        coalesce(
            charts.patient_id,
            substr(referral_sources.source_id, length(referral_sources.source_type) + 2)
        ) as raw_id
    from referral_sources
    left join charts
        on
            referral_sources.source_system = charts.source_system
            and referral_sources.source_type = 'marketing'
            and referral_sources.company = charts.referral_source_name

)

select * from traced
