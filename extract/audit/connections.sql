-- What each reference leads to. Whole types that were never landed make no orphans.
create temp table landed_type as
select distinct system, table_name from landed_record;

create temp table reference as
with

told as (

    select
        *,
        regexp_extract(
            reference, '(?:^|/)([A-Z][A-Za-z]+)/([^/?#]+)(?:/_history/[^/]+)?$', ['type', 'id']
        ) as target
    from mark
    where is_reference

)

select
    told.system,
    told.table_name,
    told.id,
    told.position,
    told.path,
    told.target.type as target_type,
    lower(regexp_replace(told.target.type, '([a-z])([A-Z])', '\1_\2', 'g')) as target_table,
    told.target.id as target_id,
    landed_type.system is not null and landed_record.id is null as is_orphan
from told
left join landed_type
    on told.system = landed_type.system
    and lower(regexp_replace(told.target.type, '([a-z])([A-Z])', '\1_\2', 'g'))
        = landed_type.table_name
left join landed_record
    on told.system = landed_record.system
    and lower(regexp_replace(told.target.type, '([a-z])([A-Z])', '\1_\2', 'g'))
        = landed_record.table_name
    and told.target.id = landed_record.id
where told.target.type != '';

create temp table odd_text as
select distinct system, table_name, id, finding
from mark
where finding is not null;

-- Whom a record is about: where it says so by name, else the first patient that it names.
create temp table subject as
with

named as (

    select
        *,
        path in (
            'patient.reference', 'subject.reference', 'subject[].reference', 'beneficiary.reference'
        ) as is_subject
    from reference

),

first_named as (

    select
        system,
        table_name,
        id,
        arg_min(
            case when target_type = 'Patient' and not is_orphan then target_id end, position
        ) filter (is_subject) as subject_id,
        arg_min(target_id, position) filter (target_type = 'Patient' and not is_orphan) as patient_id,
        bool_or(is_subject) as has_subject
    from named
    where table_name != 'patient'
    group by system, table_name, id

)

select
    system,
    table_name,
    id,
    case when has_subject then subject_id else patient_id end as patient_id
from first_named
where case when has_subject then subject_id else patient_id end is not null;

insert into subject
select system, table_name, id, id from landed_record where table_name = 'patient';
