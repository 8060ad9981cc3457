{# One row per prescription. #}
with

source as (

    select * from {{ source('raw_openemr', 'prescriptions') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'patient_id': '$.patient_id',
            'date_added': '$.date_added',
            'date_modified': '$.date_modified',
            'provider_id': '$.provider_id',
            'start_date': '$.start_date',
            'drug': '$.drug',
            'rxnorm_drugcode': '$.rxnorm_drugcode',
            'form': '$.form',
            'dosage': '$.dosage',
            'quantity': '$.quantity',
            'size': '$.size',
            'unit': '$.unit',
            'route': '$.route',
            'interval_code': '$.interval',
            'refills': '$.refills',
            'note': '$.note',
            'active': '$.active',
            'end_date': '$.end_date',
            'drug_dosage_instructions': '$.drug_dosage_instructions',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as prescription_id,
        nullif(texts['patient_id'], '0') as patient_id,
        {{ openemr_timestamp("texts['date_added']") }} as created_at_local,
        {{ openemr_timestamp("texts['date_modified']") }} as modified_at_local,
        nullif(texts['provider_id'], '0') as provider_id,
        {{ openemr_date("texts['start_date']") }} as start_date,
        texts['drug'] as drug_name,
        texts['rxnorm_drugcode'] as rxnorm_code,
        texts['form'] as form_code,
        texts['dosage'] as dose,
        try_cast(texts['quantity'] as decimal(18, 2)) as quantity,
        texts['size'] as size,
        texts['unit'] as unit_code,
        texts['route'] as route_code,
        texts['interval_code'] as interval_code,
        try_cast(texts['refills'] as bigint) as refills,
        texts['note'] as note,
        texts['active'] as active_code,
        {{ openemr_date("texts['end_date']") }} as end_date,
        texts['drug_dosage_instructions'] as instructions
    from extracted

)

select * from renamed
