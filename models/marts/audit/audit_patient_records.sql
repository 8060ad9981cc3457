{#
    Whose each record is: what a complaint, a record request or an undo for one person needs. A
    record of two people (a relation, a coverage of another subscriber) is there for both: the
    references of the clinic contract to patients say so.
#}
with

patients as (

    select * from {{ ref('int_patients_resolved') }}

),

patient_records as (

    select * from {{ ref('int_patient_records_unioned') }}

),

claim_lines as (

    select * from {{ ref('int_clinic__claim_lines') }}

),

guarantor_accounts as (

    select * from {{ ref('int_clinic__guarantor_accounts') }}

),

relationships as (

    select * from {{ ref('int_clinic__patient_relationships') }}

),

custom_values as (

    select * from {{ ref('int_custom_field_values') }}

),

source_records as (

    select * from {{ ref('int_clinic__source_records') }}

),

owned as (

    select
        'patients' as entity,
        patient_key as record_key,
        patient_key
    from patients

    union all

    select
        entity,
        record_key,
        patient_key
    from patient_records

    union all

    select
        'claim_lines' as entity,
        claim_lines.claim_line_key as record_key,
        patient_records.patient_key

    from claim_lines

    inner join patient_records
        on
            claim_lines.claim_key = patient_records.record_key
            and patient_records.entity = 'claims'

    union all

    select
        'guarantors' as entity,
        guarantor_key as record_key,
        patient_key
    from guarantor_accounts

    union all

    select
        'patient_relationships' as entity,
        patient_relationship_key as record_key,
        patient_key
    from relationships

    union all

    select
        'patient_relationships' as entity,
        patient_relationship_key as record_key,
        related_patient_key as patient_key
    from relationships
    {%- for entity, key, reference, target, target_key in clinic_references() %}
    {%- if target == 'patients' and entity != 'patients' %}

    union all

    select
        '{{ entity }}' as entity,
        {{ key }} as record_key,
        {{ reference }} as patient_key
    from {{ ref('int_clinic__' ~ entity) }}
    {%- endif %}
    {%- endfor %}

),

with_custom_values as (

    select
        entity,
        record_key,
        patient_key
    from owned

    union all

    select
        'custom_field_values' as entity,
        custom_values.custom_field_value_key as record_key,
        owned.patient_key

    from custom_values

    inner join owned
        on
            custom_values.entity = owned.entity
            and custom_values.record_key = owned.record_key

),

traced as (

    select distinct
        with_custom_values.entity,
        with_custom_values.record_key,
        patients.patient_key,
        patients.survivor_patient_key as person_key,
        source_records.source_system,
        source_records.raw_table,
        source_records.raw_id

    from with_custom_values

    inner join patients on with_custom_values.patient_key = patients.patient_key

    inner join source_records
        on
            with_custom_values.entity = source_records.entity
            and with_custom_values.record_key = source_records.record_key

)

select * from traced
