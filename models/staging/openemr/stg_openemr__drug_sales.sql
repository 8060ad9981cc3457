{# One row per sale, purchase, return or transfer of stock. #}
with

source as (

    select * from {{ source('raw_openemr', 'drug_sales') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'sale_id': '$.sale_id',
            'drug_id': '$.drug_id',
            'prescription_id': '$.prescription_id',
            'pid': '$.pid',
            'encounter': '$.encounter',
            'sale_date': '$.sale_date',
            'quantity': '$.quantity',
            'fee': '$.fee',
            'billed': '$.billed',
            'trans_type': '$.trans_type',
            'date_created': '$.date_created',
            'last_updated': '$.last_updated',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['sale_id'] as drug_sale_id,
        nullif(texts['drug_id'], '0') as drug_id,
        nullif(texts['prescription_id'], '0') as prescription_id,
        nullif(texts['pid'], '0') as patient_id,
        nullif(texts['encounter'], '0') as encounter_id,
        {{ openemr_date("texts['sale_date']") }} as sale_date,
        try_cast(texts['quantity'] as decimal(18, 2)) as quantity,
        try_cast(texts['fee'] as decimal(18, 2)) as fee,
        texts['billed'] = '1' as is_billed,
        texts['trans_type'] as transaction_type,
        {{ openemr_timestamp("texts['date_created']") }} as created_at_local,
        {{ openemr_timestamp("texts['last_updated']") }} as modified_at_local
    from extracted

)

select * from renamed
