{#
    Money in the clinic contract's columns: postings to visits, what was paid ahead of any, receipts
    that no posting repeats, copays of old fee sheets, and what each patient owes.
#}
with

postings as (

    select * from {{ ref('int_openemr__postings_told_apart') }}
    where entry_type is not null

),

claims as (

    select
        source_system,
        claim_key
    from {{ ref('int_openemr__claims') }}

),

entries as (

    select
        source_system,
        'ar_activity' as raw_table,
        raw_id,
        'posting' as entry_kind,
        patient_id,
        encounter_id,
        entry_type,
        amount,
        method_code,
        reference_number,
        description,
        case when is_voided then 'entered-in-error' else 'cleared' end as status_code,
        entry_date,
        posted_at_local,
        modified_at_local
    from postings

    union all

    select
        source_system,
        'ar_session' as raw_table,
        payment_session_id as raw_id,
        'advance_payment' as entry_kind,
        patient_id,
        cast(null as varchar) as encounter_id,
        'payment' as entry_type,
        amount,
        method_code,
        reference_number,
        description,
        'active' as status_code,
        entry_date,
        cast(null as timestamp) as posted_at_local,
        modified_at_local
    from {{ ref('int_openemr__advance_payments') }}

    union all

    select
        source_system,
        'payments' as raw_table,
        desk_payment_id as raw_id,
        'receipt' as entry_kind,
        patient_id,
        encounter_id,
        'payment' as entry_type,
        amount,
        method_code,
        reference_number,
        cast(null as varchar) as description,
        'cleared' as status_code,
        cast(paid_at_local as date) as entry_date,
        paid_at_local as posted_at_local,
        cast(null as timestamp) as modified_at_local
    from {{ ref('int_openemr__desk_payments_told_apart') }}
    where not is_repetition

    union all

    select
        source_system,
        'billing' as raw_table,
        billing_line_id as raw_id,
        'copay' as entry_kind,
        patient_id,
        encounter_id,
        'payment' as entry_type,
        amount,
        cast(null as varchar) as method_code,
        cast(null as varchar) as reference_number,
        'Copay' as description,
        'cleared' as status_code,
        cast(entered_at_local as date) as entry_date,
        entered_at_local as posted_at_local,
        cast(null as timestamp) as modified_at_local
    from {{ ref('int_openemr__copays_told_apart') }}
    where not is_repetition

    union all

    select
        source_system,
        'patient_data' as raw_table,
        patient_id as raw_id,
        'balance' as entry_kind,
        patient_id,
        cast(null as varchar) as encounter_id,
        'balance' as entry_type,
        amount,
        cast(null as varchar) as method_code,
        cast(null as varchar) as reference_number,
        cast(null as varchar) as description,
        case when amount = 0 then 'balanced' else 'active' end as status_code,
        cast(null as date) as entry_date,
        cast(null as timestamp) as posted_at_local,
        cast(null as timestamp) as modified_at_local
    from {{ ref('int_openemr__balances') }}

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

keyed as (

    select
        {{ clinic_key(
            'entries.source_system', 'ledger_entry', ['entries.entry_kind', 'entries.raw_id']
        ) }} as ledger_entry_key,
        entries.source_system,
        entries.raw_table || '/' || entries.raw_id as source_id,
        {{ clinic_key('entries.source_system', 'patient', 'entries.patient_id') }} as patient_key,
        {{ clinic_key(
            'entries.source_system', 'claim', ['entries.patient_id', 'entries.encounter_id']
        ) }} as claim_key,
        entries.entry_type,
        entries.amount,
        cast(null as varchar) as currency,
        entries.method_code,
        entries.reference_number,
        entries.description,
        entries.status_code,
        entries.entry_date,
        {{ utc_from_local('entries.posted_at_local', 'clinics.time_zone') }} as created_at,
        {{ utc_from_local('entries.modified_at_local', 'clinics.time_zone') }} as modified_at,
        entries.raw_table,
        entries.raw_id
    from entries
    inner join clinics on entries.source_system = clinics.source_system

),

shaped as (

    select
        keyed.ledger_entry_key,
        keyed.source_system,
        keyed.source_id,
        keyed.patient_key,
        {# A posting may stand on a visit that was never charged: then there is no claim. #}
        claims.claim_key,
        keyed.entry_type,
        keyed.amount,
        keyed.currency,
        keyed.method_code,
        keyed.reference_number,
        keyed.description,
        keyed.status_code,
        keyed.entry_date,
        keyed.created_at,
        keyed.modified_at,
        keyed.raw_table,
        keyed.raw_id
    from keyed
    left join claims
        on
            keyed.source_system = claims.source_system
            and keyed.claim_key = claims.claim_key

)

select * from shaped
