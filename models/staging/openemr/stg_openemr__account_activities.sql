{# One row per posting to a visit: a payment, an adjustment, or a refusal without either. #}
with

source as (

    select * from {{ source('raw_openemr', 'ar_activity') }}

),

extracted as (

    select
        system as source_system,
        id as raw_id,
        {{ json_texts('doc', {
            'pid': '$.pid',
            'encounter': '$.encounter',
            'sequence_no': '$.sequence_no',
            'code': '$.code',
            'payer_type': '$.payer_type',
            'session_id': '$.session_id',
            'memo': '$.memo',
            'pay_amount': '$.pay_amount',
            'adj_amount': '$.adj_amount',
            'reason_code': '$.reason_code',
            'deleted': '$.deleted',
            'post_date': '$.post_date',
            'post_time': '$.post_time',
            'modified_time': '$.modified_time',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        raw_id,
        texts['pid'] as patient_id,
        texts['encounter'] as encounter_id,
        texts['sequence_no'] as sequence_number,
        texts['code'] as code,
        texts['payer_type'] as payer_type,
        nullif(texts['session_id'], '0') as payment_session_id,
        texts['memo'] as memo,
        try_cast(texts['pay_amount'] as decimal(18, 2)) as pay_amount,
        try_cast(texts['adj_amount'] as decimal(18, 2)) as adjusted_amount,
        texts['reason_code'] as reason_code,
        texts['deleted'] as is_voided,
        {{ openemr_date("texts['post_date']") }} as post_date,
        {{ openemr_timestamp("texts['post_time']") }} as posted_at_local,
        {{ openemr_timestamp("texts['modified_time']") }} as modified_at_local
    from extracted

)

select * from renamed
