{#
    The practitioner behind each claim: the provider it names, else the first of its care team, else
    the first of its explanation's care team. An Organization is never a provider here.
#}
with

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

care_team as (

    select * from {{ ref('stg_fhir__claims__care_team') }}

),

explanations_of_benefit as (

    select * from {{ ref('stg_fhir__explanations_of_benefit') }}

),

explained_care_team as (

    select * from {{ ref('stg_fhir__explanations_of_benefit__care_team') }}

),

references_resolved as (

    select * from {{ ref('int_fhir__practitioner_references_resolved') }}
    where practitioner_id is not null

),

named as (

    select
        source_system,
        claim_id,
        provider_reference as reference,
        1 as place,
        '' as told_by,
        1 as turn
    from claims

    union all

    select
        source_system,
        claim_id,
        provider_reference as reference,
        2 as place,
        '' as told_by,
        ordinal as turn
    from care_team

    union all

    select
        explanations_of_benefit.source_system,
        explanations_of_benefit.claim_id,
        explained_care_team.provider_reference as reference,
        3 as place,
        explanations_of_benefit.explanation_of_benefit_id as told_by,
        explained_care_team.ordinal as turn
    from explanations_of_benefit
    inner join explained_care_team
        on
            explanations_of_benefit.source_system = explained_care_team.source_system
            and explanations_of_benefit.explanation_of_benefit_id
            = explained_care_team.explanation_of_benefit_id
    where explanations_of_benefit.claim_id is not null

),

ranked as (

    select
        named.source_system,
        named.claim_id,
        references_resolved.practitioner_id,
        row_number() over (
            partition by named.source_system, named.claim_id
            order by named.place, named.told_by, named.turn
        ) as preference
    from named
    inner join references_resolved
        on
            named.source_system = references_resolved.source_system
            and named.reference = references_resolved.reference

),

chosen as (

    select
        source_system,
        claim_id,
        practitioner_id
    from ranked
    where preference = 1

)

select * from chosen
