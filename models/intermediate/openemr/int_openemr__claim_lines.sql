{# Charges of fee sheets in the clinic contract's columns. A fee is that of all units together. #}
with

billing_lines as (

    select * from {{ ref('stg_openemr__billing_lines') }}

),

charges as (

    select * from {{ ref('int_openemr__billing_lines_told_apart') }}
    where line_kind = 'charge'

),

encounters as (

    select
        source_system,
        patient_id,
        encounter_id,
        min(facility_id) as facility_id,
        cast(min(encounter_at_local) as date) as service_date
    from {{ ref('stg_openemr__encounters') }}
    group by source_system, patient_id, encounter_id

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

shaped as (

    select
        {{ clinic_key(
            'billing_lines.source_system', 'claim_line', 'billing_lines.billing_line_id'
        ) }} as claim_line_key,
        billing_lines.source_system,
        billing_lines.billing_line_id as source_id,
        {{ clinic_key(
            'billing_lines.source_system',
            'claim',
            ['billing_lines.patient_id', 'billing_lines.encounter_id']
        ) }} as claim_key,
        row_number() over (
            partition by
                billing_lines.source_system, billing_lines.patient_id, billing_lines.encounter_id
            order by try_cast(billing_lines.billing_line_id as bigint)
        ) as line_number,
        {{ clinic_key(
            'billing_lines.source_system',
            'procedure_code',
            ['billing_lines.code_type', 'billing_lines.code']
        ) }} as procedure_code_key,
        billing_lines.code_type as code_system,
        billing_lines.code,
        billing_lines.code_text as code_description,
        billing_lines.modifiers,
        coalesce(encounters.service_date, cast(billing_lines.entered_at_local as date))
            as service_date,
        billing_lines.units as quantity,
        cast(null as decimal(18, 2)) as unit_price,
        billing_lines.fee as net,
        {{ clinic_key('billing_lines.source_system', 'location', 'encounters.facility_id') }}
            as location_key,
        {{ utc_from_local('billing_lines.entered_at_local', 'clinics.time_zone') }} as created_at,
        cast(null as timestamp) as modified_at
    from billing_lines
    inner join charges
        on
            billing_lines.source_system = charges.source_system
            and billing_lines.billing_line_id = charges.billing_line_id
    inner join clinics on billing_lines.source_system = clinics.source_system
    left join encounters
        on
            billing_lines.source_system = encounters.source_system
            and billing_lines.patient_id = encounters.patient_id
            and billing_lines.encounter_id = encounters.encounter_id

)

select * from shaped
