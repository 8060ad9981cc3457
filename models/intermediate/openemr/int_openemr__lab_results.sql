{#
    Results in the clinic contract's columns, each under its report and order. The value is the
    laboratory's own text; a number is taken of it only where the whole is one.
#}
with

results as (

    select * from {{ ref('stg_openemr__procedure_results') }}

),

reports as (

    select * from {{ ref('stg_openemr__procedure_reports') }}

),

orders as (

    select * from {{ ref('stg_openemr__procedure_orders') }}

),

order_codes as (

    select * from {{ ref('stg_openemr__procedure_order_codes') }}

),

statuses as (

    select * from {{ ref('openemr_codes') }}
    where list_id = 'proc_res_status'

),

interpretations as (

    select * from {{ ref('openemr_codes') }}
    where list_id = 'proc_res_abnormal'

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

measured as (

    select
        source_system,
        procedure_result_id,
        regexp_extract(result_text, '^(<=|>=|<|>)', 1) as comparator,
        try_cast(
            regexp_extract(result_text, '^(?:<=|>=|<|>)? ?(-?[0-9]+([.][0-9]+)?)$', 1)
            as decimal(28, 10)
        ) as result_number
    from results

),

shaped as (

    select
        {{ clinic_key('results.source_system', 'lab_result', 'results.procedure_result_id') }}
            as lab_result_key,
        results.source_system,
        results.procedure_result_id as source_id,
        {{ clinic_key('orders.source_system', 'patient', 'orders.patient_id') }} as patient_key,
        {{ clinic_key('orders.source_system', 'provider', 'orders.provider_id') }} as provider_key,
        coalesce(results.result_name, order_codes.procedure_name, results.result_code) as test_name,
        case
            when {{ text_matches('results.result_code', '[0-9]{1,7}-[0-9]') }}
                then results.result_code
        end as loinc_code,
        coalesce(results.result_text, results.laboratory_comment) as result_text,
        measured.result_number,
        nullif(measured.comparator, '') as comparator,
        results.unit,
        results.reference_range,
        coalesce(interpretations.code, results.abnormal_code) as interpretation_code,
        interpretations.code != 'N' as is_abnormal,
        coalesce(statuses.code, results.status_code) as status_code,
        orders.ordered_date,
        cast(
            coalesce(
                results.resulted_at_local, reports.reported_at_local, reports.collected_at_local
            ) as date
        ) as resulted_date,
        {{ utc_from_local(
            'coalesce(results.resulted_at_local, reports.reported_at_local,'
            ~ ' reports.collected_at_local)',
            'clinics.time_zone'
        ) }} as resulted_at,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as modified_at
    from results
    inner join measured
        on
            results.source_system = measured.source_system
            and results.procedure_result_id = measured.procedure_result_id
    inner join clinics on results.source_system = clinics.source_system
    left join reports
        on
            results.source_system = reports.source_system
            and results.procedure_report_id = reports.procedure_report_id
    left join orders
        on
            reports.source_system = orders.source_system
            and reports.procedure_order_id = orders.procedure_order_id
    left join order_codes
        on
            reports.source_system = order_codes.source_system
            and reports.procedure_order_id = order_codes.procedure_order_id
            and reports.sequence_number = order_codes.sequence_number
    left join statuses on results.status_code = statuses.option_id
    left join interpretations on results.abnormal_code = interpretations.option_id

)

select * from shaped
