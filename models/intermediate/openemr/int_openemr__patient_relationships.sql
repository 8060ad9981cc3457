{#
    Relatives in the clinic contract's columns: relations of contacts to charts, and the guardian whom
    a chart names in words. Contacts refer to a chart by its own number, and not by `pid`.
#}
with

relations as (

    select * from {{ ref('stg_openemr__contact_relations') }}
    where target_table = 'patient_data'

),

contacts as (

    select * from {{ ref('int_openemr__contacts_described') }}

),

patients as (

    select * from {{ ref('stg_openemr__patients') }}

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

related as (

    select
        relations.source_system,
        relations.contact_relation_id,
        patients.patient_id,
        contacts.chart_row_id,
        contacts.contact_name,
        contacts.phone,
        contacts.email,
        relations.relationship_code,
        relations.is_active,
        relations.created_at_local,
        relations.modified_at_local
    from relations
    left join patients
        on
            relations.source_system = patients.source_system
            and relations.target_id = patients.chart_row_id
    left join contacts
        on
            relations.source_system = contacts.source_system
            and relations.contact_id = contacts.contact_id

),

shaped as (

    select
        {{ clinic_key(
            'related.source_system', 'patient_relationship', 'related.contact_relation_id'
        ) }} as patient_relationship_key,
        related.source_system,
        related.contact_relation_id as source_id,
        {{ clinic_key('related.source_system', 'patient', 'related.patient_id') }} as patient_key,
        {{ clinic_key('related.source_system', 'patient', 'patients.patient_id') }}
            as related_patient_key,
        coalesce(
            related.contact_name,
            nullif(concat_ws(' ', patients.given_name, patients.family_name), '')
        ) as related_name,
        related.relationship_code,
        related.phone,
        related.email,
        coalesce(related.is_active, true) as is_active,
        {{ utc_from_local('related.created_at_local', 'clinics.time_zone') }} as created_at,
        {{ utc_from_local('related.modified_at_local', 'clinics.time_zone') }} as modified_at,
        'contact_relation' as raw_table,
        related.contact_relation_id as raw_id
    from related
    inner join clinics on related.source_system = clinics.source_system
    left join patients
        on
            related.source_system = patients.source_system
            and related.chart_row_id = patients.chart_row_id

    union all

    select
        {{ clinic_key('source_system', 'patient_relationship', ["'guardian'", 'patient_id']) }}
            as patient_relationship_key,
        source_system,
        'guardian/' || patient_id as source_id,
        {{ clinic_key('source_system', 'patient', 'patient_id') }} as patient_key,
        cast(null as varchar) as related_patient_key,
        guardian_name as related_name,
        coalesce(guardian_relationship, 'GUARD') as relationship_code,
        coalesce(guardian_phone, guardian_work_phone) as phone,
        guardian_email as email,
        true as is_active,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as modified_at,
        'patient_data' as raw_table,
        patient_id as raw_id
    from patients
    where guardian_name is not null

)

select * from shaped
