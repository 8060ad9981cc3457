{# Who a contact is: a chart, or a person, who may have a chart too. One row per contact. #}
with

contacts as (

    select * from {{ ref('stg_openemr__contacts') }}

),

persons as (

    select * from {{ ref('stg_openemr__persons') }}

),

links as (

    select
        source_system,
        person_id,
        min(chart_row_id) as chart_row_id
    from {{ ref('stg_openemr__persons_who_are_patients') }}
    where is_active
    group by source_system, person_id

),

telecoms as (

    select
        source_system,
        contact_id,
        min_by(telecom_value, coalesce(priority, 99))
        filter (where telecom_system = 'phone') as phone,
        min_by(telecom_value, coalesce(priority, 99))
        filter (where telecom_system = 'email') as email
    from {{ ref('stg_openemr__contact_telecoms') }}
    where coalesce(status_code, 'A') = 'A'
    group by source_system, contact_id

),

described as (

    select
        contacts.source_system,
        contacts.contact_id,
        case
            when contacts.owner_table = 'patient_data' then contacts.owner_id
            else links.chart_row_id
        end as chart_row_id,
        nullif(concat_ws(' ', persons.given_name, persons.family_name), '') as contact_name,
        telecoms.phone,
        telecoms.email
    from contacts
    left join persons
        on
            contacts.source_system = persons.source_system
            and contacts.owner_table = 'person'
            and contacts.owner_id = persons.person_id
    left join links
        on
            persons.source_system = links.source_system
            and persons.person_id = links.person_id
    left join telecoms
        on
            contacts.source_system = telecoms.source_system
            and contacts.contact_id = telecoms.contact_id

)

select * from described
