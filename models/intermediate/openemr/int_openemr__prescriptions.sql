{# Prescriptions in the clinic contract's columns; a dose is put together of its five parts. #}
with

prescriptions as (

    select * from {{ ref('stg_openemr__prescriptions') }}

),

options as (

    select
        source_system,
        list_id,
        option_id,
        title
    from {{ ref('stg_openemr__list_options') }}
    where
        list_id in ('drug_form', 'drug_interval', 'drug_route', 'drug_units')
        and title is not null

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

statuses as (

    select * from {{ ref('openemr_codes') }}
    where list_id = 'prescription_active'

),

shaped as (

    select
        {{ clinic_key(
            'prescriptions.source_system', 'prescription', 'prescriptions.prescription_id'
        ) }} as prescription_key,
        prescriptions.source_system,
        prescriptions.prescription_id as source_id,
        {{ clinic_key('prescriptions.source_system', 'patient', 'prescriptions.patient_id') }}
            as patient_key,
        {{ clinic_key('prescriptions.source_system', 'provider', 'prescriptions.provider_id') }}
            as provider_key,
        prescriptions.drug_name as medication_name,
        prescriptions.rxnorm_code,
        coalesce(
            prescriptions.instructions,
            nullif(
                concat_ws(
                    ' ',
                    prescriptions.dose,
                    forms.title,
                    prescriptions.size || coalesce(units.title, ''),
                    routes.title
                ),
                ''
            )
        ) as dosage,
        coalesce(intervals.title, nullif(prescriptions.interval_code, '0')) as frequency,
        prescriptions.quantity,
        prescriptions.refills,
        coalesce(statuses.code, prescriptions.active_code) as status_code,
        prescriptions.note,
        coalesce(prescriptions.start_date, cast(prescriptions.created_at_local as date))
            as issued_date,
        {{ utc_from_local('prescriptions.created_at_local', 'clinics.time_zone') }} as created_at,
        {{ utc_from_local('prescriptions.modified_at_local', 'clinics.time_zone') }} as modified_at
    from prescriptions
    inner join clinics on prescriptions.source_system = clinics.source_system
    left join options as forms
        on
            prescriptions.source_system = forms.source_system
            and prescriptions.form_code = forms.option_id
            and forms.list_id = 'drug_form'
    left join options as units
        on
            prescriptions.source_system = units.source_system
            and prescriptions.unit_code = units.option_id
            and units.list_id = 'drug_units'
    left join options as routes
        on
            prescriptions.source_system = routes.source_system
            and prescriptions.route_code = routes.option_id
            and routes.list_id = 'drug_route'
    left join options as intervals
        on
            prescriptions.source_system = intervals.source_system
            and prescriptions.interval_code = intervals.option_id
            and intervals.list_id = 'drug_interval'
    left join statuses on prescriptions.active_code = statuses.option_id

)

select * from shaped
