{#
    Charts that look like one person though the source does not say so. Both are loaded: a person
    decides. Evidence is scored: birth date and name must agree, the rest adds.
#}
with

resolved as (

    select * from {{ ref('int_patients_resolved') }}

    where excluded_reason is null and patient_key = survivor_patient_key

),

patients as (

    select * from {{ ref('int_clinic__patients') }}

),

compared as (

    select
        patients.patient_key,
        patients.source_system,
        patients.birth_date,
        lower(strip_accents(coalesce(patients.family_name, ''))) as family_name,
        lower(strip_accents(coalesce(patients.given_name, ''))) as given_name,
        lower(patients.email) as email,
        regexp_replace(
            coalesce(patients.mobile_phone, patients.home_phone), '[^0-9]', '', 'g'
        ) as phone_digits,
        patients.postal_code

    from patients

    inner join resolved on patients.patient_key = resolved.patient_key

    where patients.birth_date is not null

),

others as (

    select * from compared

),

pairs as (

    select
        compared.patient_key,
        others.patient_key as other_patient_key,
        compared.given_name = others.given_name as has_same_given_name,
        left(compared.given_name, 3) = left(others.given_name, 3) as has_similar_given_name,
        coalesce(compared.email = others.email, false) as has_same_email,
        coalesce(compared.phone_digits = others.phone_digits, false) as has_same_phone,
        coalesce(compared.postal_code = others.postal_code, false) as has_same_postal_code

    from compared

    inner join others
        on
            compared.birth_date = others.birth_date
            and compared.family_name = others.family_name
            and compared.patient_key < others.patient_key

),

candidates as (

    select
        patient_key,
        other_patient_key,
        has_same_given_name,
        has_same_email,
        has_same_phone,
        has_same_postal_code,
        50
        + case when has_same_given_name then 25 else 0 end
        + case when has_same_email then 10 else 0 end
        + case when has_same_phone then 10 else 0 end
        + case when has_same_postal_code then 5 else 0 end as score

    from pairs

    where has_same_given_name or (has_similar_given_name and (has_same_email or has_same_phone))

)

select * from candidates
