-- Patients and their relatives, one pass over each.
with

official_names as (

    select
        system,
        id,
        names,
        json_extract_string(list_first(list_filter(
            json_extract(names, '$[*]'),
            lambda name: coalesce(json_extract_string(name, '$.use'), 'official') = 'official'
        )), '$.family') as family,
        json_extract(telecoms, '$[*]') as contact_points,
        coalesce(json_extract_string(tags, '$[*].code'), []) as tag_codes,
        coalesce(json_extract_string(links, '$[*].type'), []) as link_types,
        telecoms,
        gender,
        marital_code,
        birth_date,
        deceased_at,
        is_deceased,
        is_active,
        birth_date <= strftime($as_of - interval 18 years, '%Y-%m-%d') as is_of_age,
        count(*) over (partition by system, lower(id)) > 1 as has_case_twin
    from patient

),

contact_details as (

    select
        *,
        list_transform(
            list_filter(
                contact_points,
                lambda point: json_extract_string(point, '$.system') = 'email'
            ),
            lambda point: json_extract_string(point, '$.value')
        ) as emails,
        list_transform(
            list_filter(
                contact_points,
                lambda point: json_extract_string(point, '$.system') = 'phone'
            ),
            lambda point: json_extract_string(point, '$.value')
        ) as phones
    from official_names

),

judged as (

    select
        system,
        'patient' as table_name,
        id,
        unnest([
            case when birth_date is null then 'birth_date_missing' end,
            case when length(birth_date) < 10 then 'birth_date_partial' end,
            case
                when birth_date > cast($as_of as varchar) or birth_date < '1900'
                    then 'birth_date_unlikely'
            end,
            case when deceased_at is not null then 'deceased_with_date' end,
            case when is_deceased = 'true' then 'deceased_without_date' end,
            case when list_contains(tag_codes, 'do-not-migrate') then 'do_not_migrate' end,
            case when list_contains(tag_codes, 'test-patient') then 'test_patient' end,
            case when list_contains(link_types, 'replaced-by') then 'merged_chart' end,
            case
                when is_active = 'false' and not list_contains(link_types, 'replaced-by')
                    then 'patient_inactive'
            end,
            case when has_case_twin then 'ids_differ_only_in_case' end,
            case when names is null or names = '[]' then 'name_missing' end,
            case when names != '[]' and coalesce(family, '') = '' then 'family_name_missing' end,
            case when contains(family, '-') then 'name_hyphen' end,
            case when regexp_matches(family, '[''’]') then 'name_apostrophe' end,
            case
                when regexp_matches(family, '[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]')
                    then 'name_cjk'
            end,
            case
                when regexp_matches(family, '[\p{Cyrillic}\p{Greek}\p{Arabic}\p{Hebrew}]')
                    then 'name_other_script'
            end,
            case
                when regexp_matches(family, '[^\x00-\x7F]')
                    and regexp_full_match(family, '[\p{Latin}\p{M}\p{P} ]+')
                    and strip_accents(family) != family
                    then 'name_accents'
            end,
            case when not is_of_age then 'minor' end,
            case
                when not list_contains((select codes from known where element = 'gender'), gender)
                    then 'gender_unknown_code'
            end,
            case
                when not list_contains(
                    (select codes from known where element = 'marital_status'), marital_code
                )
                    then 'marital_status_unknown_code'
            end,
            case
                when coalesce(is_of_age, true) and (telecoms is null or telecoms = '[]')
                    then 'patient_without_telecom'
            end,
            case
                when len(list_filter(emails, lambda email: not regexp_full_match(
                    email, '[A-Za-z0-9!#$%&*+/=?^_{|}~''.-]+@([A-Za-z0-9-]+[.])+[A-Za-z]{2,63}'
                ))) > 0
                    then 'email_invalid'
            end,
            case
                when len(list_filter(phones, lambda phone:
                    len(regexp_replace(phone, '[^0-9]', '', 'g')) not in (10, 11)
                    or regexp_matches(phone, '[A-Za-z]')
                )) > 0
                    then 'phone_invalid'
            end
        ]) as finding
    from contact_details

),

relatives as (

    select
        system,
        'related_person' as table_name,
        id,
        unnest([
            case when names is null or names = '[]' then 'relative_without_name' end,
            case
                when not list_contains(
                    (select codes from known where element = 'relationship'), relationship_code
                )
                    then 'relationship_unknown_code'
            end
        ]) as finding
    from related_person

),

staff as (

    select
        system,
        'practitioner' as table_name,
        id,
        'provider_inactive' as finding
    from practitioner
    where is_active = 'false'

)

select * from judged where finding is not null
union all
select * from relatives where finding is not null
union all
select * from staff
