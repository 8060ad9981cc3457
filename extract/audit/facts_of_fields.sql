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
