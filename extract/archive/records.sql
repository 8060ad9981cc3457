-- What became of every original, and whose it is. Needs `document`, `read_field` and `belongs` of
-- records.py, the audit's `reference`, and the warehouse.

create temp macro key_part(id) as
    replace(replace(replace(id, '%', '%25'), ':', '%3A'), '/', '%2F');

-- As the models write it (macro clinic_key).
create temp macro patient_key_of(system, id) as
    case
        when length(system || ':patient:' || key_part(id)) <= 255
            then system || ':patient:' || key_part(id)
        else system || ':patient:' || sha256(key_part(id))
    end;

create temp table original as
select
    document.system,
    document.table_name,
    document.id,
    document.aside,
    sha256(document.doc) as sha256,
    sha256(document.doc) is not distinct from document.doc_sha256 as is_intact,
    belongs.of_table,
    case
        when belongs.path is not null and json_valid(document.doc)
            then json_extract_string(document.doc, belongs.path)
    end as of_id,
    case
        when
            read_field.fields is not null
            and json_valid(document.doc)
            and json_type(document.doc) = 'OBJECT'
            then list_sort(
                list_filter(
                    json_keys(document.doc), lambda key: not list_contains(read_field.fields, key)
                )
            )
        else []
    end as unread_fields
from document
left join read_field
    on
        document.source_schema = read_field.source_schema
        and document.table_name = read_field.table_name
left join belongs
    on
        document.source_schema = 'raw_openemr'
        and replace(document.table_name, 'deleted.', '') = belongs.table_name;

create temp table judged as
with

told as (

    select
        source_records.source_system as system,
        source_records.raw_table as table_name,
        source_records.raw_id as id,
        bool_or(targets.record_key is not null) as has_target,
        bool_or(merged.record_key is not null) as is_merged,
        bool_or(source_records.entity = 'supporting') as is_supporting,
        list_sort(list_distinct(list(excluded.reason))) as reasons
    from warehouse.intermediate.int_clinic__source_records as source_records
    left join warehouse.audit.audit_record_targets as targets
        on
            source_records.entity = targets.entity
            and source_records.record_key = targets.record_key
    left join warehouse.audit.audit_merged_records as merged
        on
            source_records.entity = merged.entity
            and source_records.record_key = merged.record_key
    -- What the source's own models set aside may have no key: it is known by its raw row.
    left join warehouse.audit.audit_excluded_records as excluded
        on
            source_records.entity = excluded.entity
            and excluded.record_key = coalesce(
                source_records.record_key, source_records.raw_table || '/' || source_records.raw_id
            )
    group by all

)

select
    original.system,
    original.table_name,
    original.id,
    original.sha256,
    original.is_intact,
    case
        when original.aside is not null then original.aside
        when told.id is null then 'no_model'
        when told.has_target then 'loaded'
        when told.is_merged then 'merged'
        when told.is_supporting then 'supporting'
        else 'excluded'
    end as state,
    array_to_string(told.reasons, ' ') as reasons,
    array_to_string(original.unread_fields, ' ') as unread_fields
from original
left join told
    on
        original.system = told.system
        and original.table_name = told.table_name
        and original.id = told.id;

-- A record that names two patients is there for both; a chart that the source never sent has its
-- records all the same.
create temp table whose as
with

direct as (

    select system, table_name, id, patient_key_of(system, target_id) as patient_key
    from reference
    where target_type = 'Patient'

    union

    select system, table_name, id, patient_key_of(system, id)
    from original
    where table_name in ('patient', 'deleted.Patient')

    union

    select system, table_name, id, patient_key_of(system, of_id)
    from original
    where of_table = 'patient_data' and of_id not in ('', '0')

    union

    select source_system, raw_table, raw_id, patient_key
    from warehouse.audit.audit_patient_records

),

-- What names nobody itself, and belongs to a record that does.
part as (

    select system, table_name, id, of_table, of_id from original

    union

    select
        system,
        'binary' as table_name,
        unnest(regexp_extract_all(doc, 'Binary/([A-Za-z0-9.-]{1,64})', 1)) as id,
        table_name as of_table,
        id as of_id
    from document
    where table_name = 'document_reference' and contains(doc, 'Binary/')

),

through as (

    select part.system, part.table_name, part.id, direct.patient_key
    from part
    inner join direct
        on
            part.system = direct.system
            and part.of_table = direct.table_name
            and part.of_id = direct.id

)

from direct
union
from through;

-- One row for each original and each patient that it is about, and the file that it goes into. A
-- name of a folder says nothing about a person; what is nobody's goes into one file for all.
create temp table archived as
select
    judged.*,
    coalesce(whose.patient_key, '') as patient_key,
    case
        when whose.patient_key is null then 'clinic-wide.zip'
        else 'patients/' || left(sha256(whose.patient_key), 2)
            || '/' || left(sha256(whose.patient_key), 32) || '.zip'
    end as file
from judged
left join whose
    on
        judged.system = whose.system
        and judged.table_name = whose.table_name
        and judged.id = whose.id
where judged.state != 'loaded' or not getvariable('without_target');

-- Whom to look up: every chart that something is about, by what people know of it.
create temp table chart as
with

counted as (

    select
        patient_key,
        file,
        table_name,
        count(*) as records,
        count(*) filter (state != 'loaded') as without_target
    from archived
    where patient_key != ''
    group by all

),

summed as (

    select
        patient_key,
        file,
        cast(sum(records) as bigint) as records,
        cast(sum(without_target) as bigint) as without_target,
        string_agg(table_name || ' ' || records, ', ' order by table_name) as inside
    from counted
    group by all

)

select
    summed.patient_key,
    patients.family_name,
    patients.given_name,
    patients.birth_date,
    patients.mrn,
    summed.records,
    summed.without_target,
    summed.inside,
    summed.file
from summed
left join warehouse.intermediate.int_clinic__patients as patients
    on summed.patient_key = patients.patient_key;
