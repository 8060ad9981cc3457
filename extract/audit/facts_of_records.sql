-- name: records_by_location
with

-- A place that hardly anybody is tied to may be somebody's home: it is not told by its name.
location_names as (

    select
        location.system,
        location.id,
        case
            when count(distinct subject.patient_id) < 5 then '(places of fewer than 5 patients)'
            else coalesce(any_value(location.name), location.id)
        end as name
    from location
    left join reference
        on location.system = reference.system
        and reference.target_type = 'Location'
        and location.id = reference.target_id
    left join subject
        on reference.system = subject.system
        and reference.table_name = subject.table_name
        and reference.id = subject.id
    group by location.system, location.id

),

own_place as (

    select system, table_name, id, min(target_id) as location_id
    from reference
    where target_type = 'Location' and not is_orphan
    group by all

),

placed as (

    select
        landed_record.table_name,
        coalesce(own_place.location_id, patient_place.location_id) as location_id,
        landed_record.system
    from landed_record
    left join own_place
        on landed_record.system = own_place.system
        and landed_record.table_name = own_place.table_name
        and landed_record.id = own_place.id
    left join subject
        on landed_record.system = subject.system
        and landed_record.table_name = subject.table_name
        and landed_record.id = subject.id
    left join own_place as patient_place
        on subject.system = patient_place.system
        and patient_place.table_name = 'patient'
        and subject.patient_id = patient_place.id

)

select
    placed.table_name as entity,
    coalesce(location_names.name, '(not told)') as location,
    count(*) as records
from placed
left join location_names
    on placed.system = location_names.system and placed.location_id = location_names.id
group by all
order by all

-- name: documents
select
    coalesce(json_extract_string(attachment, '$.contentType'), '(not told)') as content_type,
    count(*) as documents,
    cast(sum(bytes) as bigint) as bytes,
    cast(quantile_cont(bytes, 0.5) as bigint) as median_bytes,
    max(bytes) as largest_bytes,
    count(*) filter (bytes = 0) as empty,
    count(*) filter (bytes is null) as without_bytes
from document_size
group by content_type
order by documents desc, content_type

-- name: document_sizes
select
    case
        when bytes is null then 'no bytes told'
        when bytes < 1000 then 'under 1 kB'
        when bytes < 10000 then '1 to 10 kB'
        when bytes < 100000 then '10 to 100 kB'
        when bytes < 1000000 then '100 kB to 1 MB'
        when bytes < 10000000 then '1 to 10 MB'
        else '10 MB and more'
    end as size,
    count(*) as documents
from document_size
group by size
order by coalesce(min(bytes), -1)

-- name: duplicate_scores
select
    score,
    count(*) as pairs,
    count(*) filter (has_same_given_name) as same_given_name,
    count(*) filter (has_same_email) as same_email,
    count(*) filter (has_same_phone) as same_phone,
    count(*) filter (has_same_postal_code) as same_postal_code
from duplicate
group by score
order by score desc

-- name: relations
select
    table_name as record_type,
    path,
    target_type,
    count(*) as references_made,
    count(distinct (system, id)) as records,
    count(distinct (system, target_id)) as targets,
    count(*) filter (is_orphan) as orphans
from reference
group by all
order by all

-- name: records_per_patient
with

counted as (

    select system, patient_id, count(*) as records
    from subject
    where table_name != 'patient'
    group by all

)

select
    case
        when records <= 5 then '1 to 5'
        when records <= 10 then '6 to 10'
        when records <= 20 then '11 to 20'
        when records <= 40 then '21 to 40'
        when records <= 80 then '41 to 80'
        when records <= 1000 then '81 to 1,000'
        else 'over 1,000'
    end as span,
    count(*) as patients,
    cast(sum(records) as bigint) as records,
    max(records) as most
from counted
group by span
order by min(records)

-- name: skew
with

counted as (

    select system, target_type, target_id, count(distinct (table_name, id)) as records
    from reference
    where not is_orphan
    group by all

)

select
    target_type,
    count(*) as targets,
    cast(quantile_cont(records, 0.5) as bigint) as median_records,
    max(records) as most_records,
    count(*) filter (records > 10000) as targets_over_10000
from counted
group by target_type
order by most_records desc, target_type
