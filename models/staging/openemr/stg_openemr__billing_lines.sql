{# One row per line of a fee sheet: charges, diagnoses and copays. #}
with

source as (

    select * from {{ source('raw_openemr', 'billing') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'date': '$.date',
            'code_type': '$.code_type',
            'code': '$.code',
            'pid': '$.pid',
            'provider_id': '$.provider_id',
            'encounter': '$.encounter',
            'code_text': '$.code_text',
            'activity': '$.activity',
            'payer_id': '$.payer_id',
            'modifier': '$.modifier',
            'units': '$.units',
            'fee': '$.fee',
            'justify': '$.justify',
            'bill_date': '$.bill_date',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as billing_line_id,
        {{ openemr_timestamp("texts['date']") }} as entered_at_local,
        texts['code_type'] as code_type,
        texts['code'] as code,
        nullif(texts['pid'], '0') as patient_id,
        nullif(texts['provider_id'], '0') as provider_id,
        nullif(texts['encounter'], '0') as encounter_id,
        texts['code_text'] as code_text,
        texts['activity'] = '1' as is_active,
        nullif(texts['payer_id'], '0') as payer_id,
        texts['modifier'] as modifiers,
        try_cast(texts['units'] as decimal(18, 2)) as units,
        try_cast(texts['fee'] as decimal(18, 2)) as fee,
        texts['justify'] as justification,
        {{ openemr_timestamp("texts['bill_date']") }} as billed_at_local
    from extracted

)

select * from renamed
