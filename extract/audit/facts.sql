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

-- name: custom_fields
with

specialties as (

    select
        system,
        bare_id(practitioner) as practitioner_id,
        min(coalesce(specialty_text, specialty_code)) as specialty
    from practitioner_role
    group by all

),

seen_by as (

    select reference.system, reference.table_name, reference.id, min(specialties.specialty) as specialty
    from reference
    inner join specialties
        on reference.system = specialties.system
        and reference.target_id = specialties.practitioner_id
    where reference.target_type = 'Practitioner'
    group by all

),

told as (

    select custom_field.*, seen_by.specialty
    from custom_field
    left join seen_by using (system, table_name, id)
    where custom_field.is_custom

),

by_specialty as (

    select
        table_name,
        name,
        specialty,
        count(distinct (system, id)) as records,
        sum(count(distinct (system, id))) over (partition by table_name, name) as all_records
    from told
    where specialty is not null
    group by table_name, name, specialty

),

foremost as (

    select table_name, name, arg_max(specialty, (records, specialty)) as specialty,
        cast(max(records) as double) / any_value(all_records) as share
    from by_specialty
    group by table_name, name

),

-- Only what the source sent as a code is a picklist value, and only what several records share:
-- a code that a single record has may be an identifier.
shared_codes as (

    select
        table_name,
        name,
        value,
        count(distinct (system, id)) as records
    from told
    where kind in ('valueCode', 'valueCoding', 'valueBoolean')
    group by table_name, name, value

),

picklists as (

    select
        table_name,
        name,
        list(value order by value) filter (records >= 5) as picklist_values,
        count(*) filter (records < 5) as held_back_values
    from shared_codes
    group by table_name, name

),

kinds as (

    select
        table_name,
        name,
        mode(kind order by kind) as kind,
        count(distinct system_kind) > 1 as systems_disagree
    from (
        select *, mode(kind order by kind) over (partition by table_name, name, system) as system_kind
        from told
    )
    group by all

)

select
    told.table_name as record_type,
    told.name,
    any_value(told.url) as url,
    kinds.kind,
    kinds.systems_disagree,
    count(distinct told.url) > 1 as has_several_urls,
    count(distinct (told.system, told.id)) as records,
    count(*) as occurrences,
    count(*) filter (told.kind != kinds.kind) as of_another_type,
    max(length(told.value) + length(regexp_replace(told.value, '[^\x{10000}-\x{10FFFF}]', '', 'g')))
        as longest,
    bool_or(contains(told.value, chr(10)) or contains(told.value, chr(13))) as has_lines,
    count(distinct told.value) as distinct_values,
    -- How many values have each form. A number that begins with 0 is rather a code.
    count(*) filter (regexp_full_match(told.value, '-?(0|[1-9][0-9]{0,17})')) as whole_numbers,
    count(*) filter (regexp_full_match(told.value, '-?(0|[1-9][0-9]*)([.][0-9]+)?')) as numbers,
    count(*) filter (
        regexp_full_match(told.value, '[0-9]{4}-[0-9]{2}-[0-9]{2}')
        and try_cast(told.value as date) is not null
    ) as dates,
    count(*) filter (
        regexp_full_match(told.value, '[0-9]{4}-[0-9]{2}-[0-9]{2}T.*')
        and try_cast(told.value as timestamptz) is not null
    ) as moments,
    count(*) filter (lower(told.value) in ('true', 'false', 'yes', 'no')) as yes_or_no,
    max(length(regexp_extract(told.value, '^-?([0-9]+)([.][0-9]+)?$', 1))) as whole_digits,
    max(length(regexp_extract(told.value, '^-?[0-9]+[.]([0-9]+)$', 1))) as decimals,
    count(distinct told.unit) as units,
    any_value(told.unit) as unit,
    bool_or(told.is_mapped) as is_mapped,
    count(*) > count(distinct (told.system, told.id)) as has_several,
    any_value(picklists.picklist_values) as picklist_values,
    any_value(picklists.held_back_values) as held_back_values,
    any_value(foremost.specialty) as specialty,
    any_value(foremost.share) as specialty_share
from told
inner join kinds using (table_name, name)
left join picklists using (table_name, name)
left join foremost using (table_name, name)
group by told.table_name, told.name, kinds.kind, kinds.systems_disagree
order by all

-- name: contact_details
with

told as (

    select
        patient.system,
        patient.id,
        list_contains(json_extract_string(telecoms, '$[*].system'), 'email') as has_email,
        list_contains(json_extract_string(telecoms, '$[*].system'), 'phone') as has_phone,
        birth_date is not null as has_birth_date,
        names is not null and names != '[]' as has_name,
        addresses is not null and addresses != '[]' as has_address,
        list(finding.finding) as findings
    from patient
    left join finding
        on finding.table_name = 'patient'
        and patient.system = finding.system
        and patient.id = finding.id
    group by all

),

details as (

    select 1 as line, 'name' as detail, has_name as is_there,
        list_contains(findings, 'family_name_missing') as is_poor
    from told
    union all
    select 2, 'birth date', has_birth_date, list_contains(findings, 'birth_date_partial')
    from told
    union all
    select 3, 'address', has_address, false from told
    union all
    select 4, 'phone number', has_phone, list_contains(findings, 'phone_invalid') from told
    union all
    select 5, 'e-mail address', has_email, list_contains(findings, 'email_invalid') from told

)

select
    detail,
    count(*) filter (is_there and not coalesce(is_poor, false)) as usable,
    count(*) filter (is_there and is_poor) as unusable,
    count(*) filter (not coalesce(is_there, false)) as missing
from details
group by detail
order by min(line)
