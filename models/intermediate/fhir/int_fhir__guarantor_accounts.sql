{#
    Who answers for whose bill. The guarantor is a patient where the account names a Patient, or a
    RelatedPerson whom a chart claims as its own; otherwise a guarantor who is no patient.
    The first guarantor an account states counts: on hold or past its period, it still names one.
#}
with

accounts as (

    select * from {{ ref('stg_fhir__accounts') }}

),

subjects as (

    select
        source_system,
        account_id,
        min_by(subject_reference, ordinal) as subject_reference
    from {{ ref('stg_fhir__accounts__subjects') }}
    where {{ fhir_reference_id('subject_reference', 'Patient') }} is not null
    group by source_system, account_id

),

guarantors as (

    select * from {{ ref('int_fhir__account_guarantors_chosen') }}

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'Account'

),

shaped as (

    select
        {{ clinic_key('accounts.source_system', 'guarantor_account', 'accounts.account_id') }}
            as guarantor_account_key,
        accounts.source_system,
        accounts.account_id as source_id,
        {{ clinic_key(
            'accounts.source_system',
            'patient',
            fhir_reference_id('subjects.subject_reference', 'Patient')
        ) }} as patient_key,
        {{ clinic_key('accounts.source_system', 'patient', 'guarantors.guarantor_patient_id') }}
            as guarantor_patient_key,
        {{ clinic_key('accounts.source_system', 'guarantor', 'guarantors.related_person_id') }}
            as guarantor_key,
        coalesce(accounts.status_code = 'active', false) as is_active,
        accounts.account_name,
        extensions.balance,
        accounts.period_start,
        extensions.created_at,
        accounts.modified_at
    from accounts
    left join subjects
        on
            accounts.source_system = subjects.source_system
            and accounts.account_id = subjects.account_id
    left join guarantors
        on
            accounts.source_system = guarantors.source_system
            and accounts.account_id = guarantors.account_id
    left join extensions
        on
            accounts.source_system = extensions.source_system
            and accounts.account_id = extensions.resource_id

)

select * from shaped
