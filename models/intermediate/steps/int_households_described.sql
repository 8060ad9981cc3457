{#
    What an Account says of a household: the guarantor's name, address and telephone. A household
    without members does not exist.
#}
with

households as (

    select
        household_key,
        head_patient_key,
        head_guarantor_key,
        count(*) as member_count

    from {{ ref('int_patients_grouped_into_households') }}

    group by household_key, head_patient_key, head_guarantor_key

),

patients as (

    select * from {{ ref('int_clinic__patients') }}

),

guarantors as (

    select * from {{ ref('int_clinic__guarantors') }}

),

owners as (

    select * from {{ ref('int_patients_owned') }}

),

described as (

    select
        households.household_key,
        households.member_count,
        owners.owner_email,
        case
            when households.head_guarantor_key is null
                then coalesce(
                    patients.family_name || ', ' || patients.given_name,
                    patients.family_name,
                    patients.given_name,
                    patients.name_text
                )
            else coalesce(
                guarantors.family_name || ', ' || guarantors.given_name,
                guarantors.family_name,
                guarantors.given_name,
                guarantors.name_text
            )
        end as household_name,
        coalesce(patients.home_phone, patients.mobile_phone, guarantors.phone) as phone,
        coalesce(patients.street, guarantors.street) as street,
        coalesce(patients.city, guarantors.city) as city,
        coalesce(patients.state, guarantors.state) as state,
        coalesce(patients.postal_code, guarantors.postal_code) as postal_code,
        coalesce(patients.country, guarantors.country) as country,
        coalesce(patients.created_at, guarantors.created_at) as created_at,
        coalesce(patients.modified_at, guarantors.modified_at) as modified_at

    from households

    left join patients on households.head_patient_key = patients.patient_key

    left join guarantors on households.head_guarantor_key = guarantors.guarantor_key

    left join owners on households.head_patient_key = owners.patient_key

)

select * from described
