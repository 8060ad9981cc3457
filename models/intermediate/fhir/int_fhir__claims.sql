{#
    Claims in the clinic contract's columns. The status is the claim's own where the clinic ended
    it (cancelled = void, draft, entered in error), else the payer's answer, else submitted. The
    provider is the Practitioner named; where the claim names an Organization (Synthea), the first
    practitioner of the care team, of the claim or of its explanation. A reason is stated for
    denied and refused claims only.
#}
with

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

answers as (

    select * from {{ ref('int_fhir__claim_answers_chosen') }}

),

insurances as (

    select * from {{ ref('int_fhir__claim_insurances_chosen') }}

),

providers as (

    select * from {{ ref('int_fhir__claim_providers_chosen') }}

),

diagnoses as (

    select
        source_system,
        claim_id,
        string_agg(diagnosis_code, ', ' order by diagnosis_sequence nulls last, ordinal)
            as diagnosis_codes
    from {{ ref('stg_fhir__claims__diagnoses') }}
    group by source_system, claim_id

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'Claim'

),

custom_fields as (

    select * from {{ ref('int_fhir__custom_fields_collected') }}
    where resource_type = 'Claim'

),

judged as (

    select
        claims.source_system,
        claims.claim_id,
        case
            when claims.status_code = 'cancelled' then 'void'
            when claims.status_code = 'draft' then 'draft'
            when claims.status_code = 'entered-in-error' then 'entered_in_error'
            else coalesce(answers.claim_status_code, 'submitted')
        end as status_code,
        answers.paid_amount,
        answers.patient_responsibility,
        answers.stated_reason
    from claims
    left join answers
        on
            claims.source_system = answers.source_system
            and claims.claim_id = answers.claim_id

),

shaped as (

    select
        {{ clinic_key('claims.source_system', 'claim', 'claims.claim_id') }} as claim_key,
        claims.source_system,
        claims.claim_id as source_id,
        {{ clinic_key('claims.source_system', 'patient', 'claims.patient_id') }} as patient_key,
        coalesce(
            {{ fhir_payer_key(
                'claims.source_system', 'claims.insurer_reference', 'claims.insurer_display'
            ) }},
            insurances.payer_key
        ) as payer_key,
        {{ clinic_key('claims.source_system', 'provider', 'providers.practitioner_id') }}
            as provider_key,
        insurances.coverage_key,
        claims.claim_number,
        claims.claim_type,
        judged.status_code,
        claims.status_code as raw_status,
        claims.service_start_date,
        claims.service_end_date,
        claims.submitted_date,
        claims.total_charge,
        judged.paid_amount,
        cast(judged.patient_responsibility as decimal(18, 2)) as patient_responsibility,
        case when judged.status_code in ('denied', 'error') then judged.stated_reason end
            as denial_reason,
        diagnoses.diagnosis_codes,
        custom_fields.custom_fields,
        coalesce(extensions.created_at, claims.created_at) as created_at,
        claims.modified_at
    from claims
    inner join judged
        on
            claims.source_system = judged.source_system
            and claims.claim_id = judged.claim_id
    left join insurances
        on
            claims.source_system = insurances.source_system
            and claims.claim_id = insurances.claim_id
    left join providers
        on
            claims.source_system = providers.source_system
            and claims.claim_id = providers.claim_id
    left join diagnoses
        on
            claims.source_system = diagnoses.source_system
            and claims.claim_id = diagnoses.claim_id
    left join extensions
        on
            claims.source_system = extensions.source_system
            and claims.claim_id = extensions.resource_id
    left join custom_fields
        on
            claims.source_system = custom_fields.source_system
            and claims.claim_id = custom_fields.resource_id

)

select * from shaped
