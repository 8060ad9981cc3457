{# A date is the one that the source wrote: its text is the beginning of it, or it was flagged. #}
with

patients as (

    select * from {{ ref('stg_fhir__patients') }}

),

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

coverages as (

    select * from {{ ref('stg_fhir__coverages') }}

),

medication_requests as (

    select * from {{ ref('stg_fhir__medication_requests') }}

),

written as (

    select
        birth_date_text as date_text,
        birth_date as date_read
    from patients

    union all

    select
        deceased_at_text as date_text,
        deceased_date as date_read
    from patients

    union all

    select
        service_start_date_text as date_text,
        service_start_date as date_read
    from claims

    union all

    select
        effective_date_text as date_text,
        effective_date as date_read
    from coverages

    union all

    select
        authored_at_text as date_text,
        issued_date as date_read
    from medication_requests

),

shifted as (

    select
        date_text,
        date_read
    from written
    where
        date_read is not null
        and not starts_with(cast(date_read as varchar), left(date_text, 10))

)

select * from shifted
