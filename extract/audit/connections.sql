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
        ) as stated,
        regexp_extract(reference, '^urn:[a-z]+:(.+)$', 1) as bare_id
    from mark
    where is_reference

),

-- `urn:uuid:x` states no type: it is that of the landed record with this id.
found_by_id as (

    select told.system, told.bare_id, min(landed_record.table_name) as table_name
    from told
    inner join landed_record
        on told.system = landed_record.system and told.bare_id = landed_record.id
    where told.bare_id != ''
    group by told.system, told.bare_id

),

led as (

    select
        told.system,
        told.table_name,
        told.id,
        told.position,
        told.path,
        case
            when told.stated.type != '' then told.stated.type
            else array_to_string(
                list_transform(
                    string_split(found_by_id.table_name, '_'),
                    lambda part: upper(part[1]) || part[2:]
                ),
                ''
            )
        end as target_type,
        coalesce(
            found_by_id.table_name,
            lower(regexp_replace(told.stated.type, '([a-z])([A-Z])', '\1_\2', 'g'))
        ) as target_table,
        coalesce(nullif(told.stated.id, ''), told.bare_id) as target_id
    from told
    left join found_by_id
        on told.system = found_by_id.system and told.bare_id = found_by_id.bare_id
    where told.stated.type != '' or found_by_id.table_name is not null

)

select
    led.*,
    landed_type.system is not null and landed_record.id is null as is_orphan
from led
left join landed_type
    on led.system = landed_type.system and led.target_table = landed_type.table_name
left join landed_record
    on led.system = landed_record.system
    and led.target_table = landed_record.table_name
    and led.target_id = landed_record.id;

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
