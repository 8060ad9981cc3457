-- Who is one person: charts that the source linked, and charts that look alike.
create temp table link as
with

told as (

    select system, id, target_id as other_id
    from reference
    where table_name = 'patient' and target_type = 'Patient' and not is_orphan
        and path = 'link[].other.reference'

    union

    select system, patient_id, other_patient_id from duplicate

)

select system, id, other_id from told
union
select system, other_id, id from told;

create temp table person as
with recursive

reached(system, id, person_id) using key (system, id) as (

    select system, id, id from landed_record where table_name = 'patient'

    union

    select reached.system, link.other_id, min(reached.person_id)
    from reached
    inner join link on reached.system = link.system and reached.id = link.id
    inner join recurring.reached as before
        on before.system = link.system and before.id = link.other_id
    where reached.person_id < before.person_id
    group by reached.system, link.other_id

)

select system, id, person_id from reached;
