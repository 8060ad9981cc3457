-- Who replaced whom, who is related to whom, who pays for whom.
with

replacements as (

    select
        system,
        id,
        bare_id(json_extract_string(link, '$.other.reference')) as survivor_id
    from (select system, id, unnest(json_extract(links, '$[*]')) as link from patient)
    where json_extract_string(link, '$.type') = 'replaced-by'

),

relatives_who_are_patients as (

    select
        system,
        id as patient_id,
        bare_id(json_extract_string(link, '$.other.reference')) as relative_id
    from (select system, id, unnest(json_extract(links, '$[*]')) as link from patient)
    where json_extract_string(link, '$.type') = 'seealso'

),

relations as (

    select
        reference.system,
        reference.id,
        reference.target_id as of_whom,
        relatives_who_are_patients.patient_id as who
    from reference
    inner join relatives_who_are_patients
        on reference.system = relatives_who_are_patients.system
        and reference.id = relatives_who_are_patients.relative_id
    where reference.table_name = 'related_person' and reference.path = 'patient.reference'

),

minors as (

    select system, id
    from patient
    where birth_date > strftime($as_of - interval 18 years, '%Y-%m-%d')

),

guaranteed as (

    select
        account.system,
        account.id,
        account.status,
        bare_id(account.subject) as subject_id,
        reference.target_type as payer_type,
        reference.target_id as payer_id,
        reference.is_orphan,
        relatives_who_are_patients.patient_id is not null as is_known_relative,
        minors.id is not null as is_minor
    from account
    inner join reference
        on account.system = reference.system
        and account.id = reference.id
        and reference.table_name = 'account'
        and reference.path = 'guarantor[].party.reference'
    left join (select distinct * from relatives_who_are_patients) as relatives_who_are_patients
        on reference.target_type = 'RelatedPerson'
        and reference.system = relatives_who_are_patients.system
        and reference.target_id = relatives_who_are_patients.relative_id
    left join minors
        on account.system = minors.system
        and bare_id(account.subject) = minors.id

),

paying as (

    select * from guaranteed
    where status = 'active' and payer_type = 'Patient' and payer_id != subject_id

),

torn as (

    select system, subject_id
    from guaranteed
    where status = 'active' and is_minor
    group by system, subject_id
    having count(distinct (payer_type, payer_id)) > 1

),

found as (

    select
        system,
        'patient' as table_name,
        id,
        'merged_chart_chain' as finding
    from replacements
    where exists (
        from replacements as later
        where later.system = replacements.system and later.id = replacements.survivor_id
    )

    union all

    select system, 'related_person', id, 'relationship_loop'
    from relations
    where exists (
        from relations as back
        where back.system = relations.system
            and back.of_whom = relations.who
            and back.who = relations.of_whom
    )

    union all

    select system, 'account', id, 'account_without_guarantor'
    from account
    where guarantors is null or guarantors = '[]'

    union all

    select system, 'account', id, 'guarantor_not_a_patient'
    from guaranteed
    where payer_type = 'RelatedPerson' and not is_orphan and not is_known_relative

    union all

    select system, 'account', id, 'guarantor_loop'
    from paying
    where exists (
        from paying as back
        where back.system = paying.system
            and back.subject_id = paying.payer_id
            and back.payer_id = paying.subject_id
    )

    union all

    select
        system,
        'account',
        id,
        case
            when payer_type = 'Patient' or is_known_relative then 'minor_with_patient_guarantor'
            else 'minor_with_outside_guarantor'
        end
    from guaranteed
    where is_minor

    union all

    select guaranteed.system, 'account', guaranteed.id, 'family_across_two_households'
    from guaranteed
    inner join torn
        on guaranteed.system = torn.system and guaranteed.subject_id = torn.subject_id

    union all

    select system, 'patient', unnest([patient_id, other_patient_id]), 'duplicate_chart'
    from duplicate

)

select distinct * from found
