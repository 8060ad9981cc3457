{# One row per payment at the desk. #}
with

source as (

    select * from {{ source('raw_openemr', 'payments') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'id': '$.id',
            'pid': '$.pid',
            'dtime': '$.dtime',
            'encounter': '$.encounter',
            'method': '$.method',
            'source': '$.source',
            'amount1': '$.amount1',
            'amount2': '$.amount2',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['id'] as desk_payment_id,
        nullif(texts['pid'], '0') as patient_id,
        {{ openemr_timestamp("texts['dtime']") }} as paid_at_local,
        nullif(texts['encounter'], '0') as encounter_id,
        texts['method'] as method_code,
        texts['source'] as reference_number,
        try_cast(texts['amount1'] as decimal(18, 2)) as amount_for_visit,
        try_cast(texts['amount2'] as decimal(18, 2)) as amount_for_earlier
    from extracted

)

select * from renamed
