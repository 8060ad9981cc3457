{#
    Raw rows that are no record of any entity, yet that one is made with: earlier versions of a
    claim, diagnoses of a fee sheet, the payment behind a posting, the order and report of a result.
#}
with

told_apart as (

    select * from {{ ref('int_openemr__billing_lines_told_apart') }}
    where line_kind = 'diagnosis'

),

claims as (

    select * from {{ ref('int_openemr__claims_gathered') }}

),

postings as (

    select * from {{ ref('int_openemr__postings_told_apart') }}
    where entry_type is null

),

payers as (

    select * from {{ ref('stg_openemr__insurance_companies') }}

),

addresses as (

    select * from {{ ref('stg_openemr__addresses') }}

),

phone_numbers as (

    select * from {{ ref('stg_openemr__phone_numbers') }}

),

results as (

    select
        source_system,
        procedure_report_id
    from {{ ref('stg_openemr__procedure_results') }}
    group by source_system, procedure_report_id

),

reports as (

    select * from {{ ref('stg_openemr__procedure_reports') }}

),

order_codes as (

    select * from {{ ref('stg_openemr__procedure_order_codes') }}

),

reports_with_results as (

    select
        reports.source_system,
        reports.procedure_report_id,
        reports.procedure_order_id,
        reports.sequence_number
    from reports
    inner join results
        on
            reports.source_system = results.source_system
            and reports.procedure_report_id = results.procedure_report_id

),

told as (

    select
        told_apart.source_system,
        'billing' as raw_table,
        told_apart.billing_line_id as raw_id
    from told_apart
    inner join claims
        on
            told_apart.source_system = claims.source_system
            and told_apart.patient_id = claims.patient_id
            and told_apart.encounter_id = claims.encounter_id

    union all

    select
        postings.source_system,
        'ar_activity' as raw_table,
        postings.raw_id
    from postings
    inner join claims
        on
            postings.source_system = claims.source_system
            and postings.patient_id = claims.patient_id
            and postings.encounter_id = claims.encounter_id

    union all

    select
        source_system,
        'payments' as raw_table,
        desk_payment_id as raw_id
    from {{ ref('int_openemr__desk_payments_told_apart') }}
    where is_repetition

    union all

    select
        addresses.source_system,
        'addresses' as raw_table,
        addresses.address_id as raw_id
    from addresses
    inner join payers
        on
            addresses.source_system = payers.source_system
            and addresses.owner_id = payers.insurance_company_id

    union all

    select
        phone_numbers.source_system,
        'phone_numbers' as raw_table,
        phone_numbers.phone_number_id as raw_id
    from phone_numbers
    inner join payers
        on
            phone_numbers.source_system = payers.source_system
            and phone_numbers.owner_id = payers.insurance_company_id

    union all

    select
        source_system,
        'document_file' as raw_table,
        document_id as raw_id
    from {{ ref('stg_openemr__document_files') }}

    union all

    select
        source_system,
        'billing' as raw_table,
        billing_line_id as raw_id
    from {{ ref('int_openemr__copays_told_apart') }}
    where is_repetition

    union all

    select
        source_system,
        'forms' as raw_table,
        form_row_id as raw_id
    from {{ ref('stg_openemr__forms') }}
    where form_kind in ('clinical_notes', 'dictation', 'newpatient', 'soap')

    union all

    select
        source_system,
        'procedure_report' as raw_table,
        procedure_report_id as raw_id
    from reports_with_results

    union all

    select
        source_system,
        'procedure_order' as raw_table,
        procedure_order_id as raw_id
    from reports_with_results

    union all

    select
        order_codes.source_system,
        'procedure_order_code' as raw_table,
        order_codes.raw_id
    from order_codes
    inner join reports_with_results
        on
            order_codes.source_system = reports_with_results.source_system
            and order_codes.procedure_order_id = reports_with_results.procedure_order_id
            and order_codes.sequence_number = reports_with_results.sequence_number

    union all

    select
        source_system,
        raw_table,
        raw_id
    from {{ ref('int_openemr__raw_records') }}
    where raw_table in (
        'ar_session',
        'categories_to_documents',
        'claims',
        'contact',
        'contact_address',
        'contact_telecom',
        'drugs',
        'form_encounter',
        'lbf_data',
        'person',
        'person_patient_link',
        'users_facility'
    )

),

told_once as (

    select
        source_system,
        raw_table,
        raw_id
    from told
    where raw_id is not null
    group by source_system, raw_table, raw_id

)

select * from told_once
