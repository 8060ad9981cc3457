-- Charts that look like one person though nothing links them. Birth date and family name must
-- agree, and the given name or a contact; the rest adds to the score.
create temp table duplicate as
with

read as (

    select
        system,
        id,
        birth_date,
        list_first(list_filter(
            json_extract(names, '$[*]'),
            lambda name: coalesce(json_extract_string(name, '$.use'), 'official') = 'official'
        )) as name,
        json_extract(telecoms, '$[*]') as contact_points,
        list_first(list_filter(
            json_extract(addresses, '$[*]'),
            lambda address: coalesce(json_extract_string(address, '$.use'), 'home') = 'home'
        )) as address,
        coalesce(json_extract_string(links, '$[*].type'), []) as link_types
    from patient
    where length(birth_date) = 10

),

compared as (

    select
        system,
        id,
        birth_date,
        lower(strip_accents(json_extract_string(name, '$.family'))) as family,
        lower(strip_accents(json_extract_string(name, '$.given[0]'))) as given,
        list_transform(
            contact_points,
            lambda point: case json_extract_string(point, '$.system')
                when 'phone'
                    then 'phone:' || regexp_replace(
                        json_extract_string(point, '$.value'), '[^0-9]', '', 'g'
                    )
                else json_extract_string(point, '$.system') || ':'
                    || lower(json_extract_string(point, '$.value'))
            end
        ) as contacts,
        json_extract_string(address, '$.postalCode') as postal_code
    from read
    where not list_contains(link_types, 'replaced-by')

),

pairs as (

    select
        compared.system,
        compared.id as patient_id,
        other.id as other_patient_id,
        coalesce(compared.given = other.given, false) as has_same_given_name,
        coalesce(left(compared.given, 3) = left(other.given, 3), false) as has_similar_given_name,
        len(list_filter(
            list_intersect(compared.contacts, other.contacts), lambda one: one like 'email:_%'
        )) > 0 as has_same_email,
        len(list_filter(
            list_intersect(compared.contacts, other.contacts), lambda one: one like 'phone:_%'
        )) > 0 as has_same_phone,
        coalesce(compared.postal_code = other.postal_code, false) as has_same_postal_code
    from compared
    inner join compared as other
        on compared.system = other.system
        and compared.birth_date = other.birth_date
        and compared.family = other.family
        and compared.id < other.id

)

select
    *,
    50
    + if(has_same_given_name, 25, 0)
    + if(has_same_email, 10, 0)
    + if(has_same_phone, 10, 0)
    + if(has_same_postal_code, 5, 0) as score
from pairs
where has_same_given_name or (has_similar_given_name and (has_same_email or has_same_phone));
