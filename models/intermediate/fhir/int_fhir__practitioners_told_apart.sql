{#
    Every practitioner's standing: on the roster or external, a provider, a referral source, or
    both. External = without a PractitionerRole in a source that keeps roles at all.
#}
with

practitioners as (

    select * from {{ ref('stg_fhir__practitioners') }}

),

made as (

    select * from {{ ref('int_fhir__practitioner_references') }}

),

resolved as (

    select * from {{ ref('int_fhir__practitioner_references_resolved') }}

),

rosters as (

    select * from {{ ref('int_fhir__rosters_gathered') }}

),

sources_with_a_roster as (

    select source_system
    from rosters
    group by source_system

),

namings as (

    select
        resolved.source_system,
        resolved.practitioner_id,
        bool_or(made.made_as = 'referral_requester') as refers,
        bool_or(made.made_as != 'referral_requester') as is_named_by_a_record
    from made
    inner join resolved
        on
            made.source_system = resolved.source_system
            and made.reference = resolved.reference
    where resolved.practitioner_id is not null
    group by resolved.source_system, resolved.practitioner_id

),

told_apart as (

    select
        practitioners.source_system,
        practitioners.practitioner_id,
        rosters.specialty,
        coalesce(rosters.is_crm_user, false) as is_crm_user,
        sources_with_a_roster.source_system is not null and rosters.practitioner_id is null
            as is_external,
        coalesce(namings.refers, false) as refers,
        coalesce(namings.is_named_by_a_record, false) as is_named_by_a_record
    from practitioners
    left join rosters
        on
            practitioners.source_system = rosters.source_system
            and practitioners.practitioner_id = rosters.practitioner_id
    left join sources_with_a_roster
        on practitioners.source_system = sources_with_a_roster.source_system
    left join namings
        on
            practitioners.source_system = namings.source_system
            and practitioners.practitioner_id = namings.practitioner_id

),

judged as (

    select
        source_system,
        practitioner_id,
        specialty,
        is_crm_user,
        is_external,
        refers and is_external as is_referral_source,
        is_named_by_a_record or not (is_external and refers) as is_provider
    from told_apart

)

select * from judged
