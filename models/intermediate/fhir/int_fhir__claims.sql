{#
    Claims in the clinic contract's columns. The payer is the insurer named, else the payer of the
    coverage that the claim is made under.
#}
with

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

insurances as (

    select * from {{ ref('int_fhir__claim_insurances_chosen') }}

),

providers as (

    select * from {{ ref('int_fhir__claim_providers_chosen') }}

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

    select * from {{ ref('int_fhir__claims_judged') }}

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
        judged.denial_reason,
        judged.diagnosis_codes,
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
