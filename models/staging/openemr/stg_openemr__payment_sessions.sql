{# One row per payment received, a check or cash, before it is spread over visits. #}
with

source as (

    select * from {{ source('raw_openemr', 'ar_session') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'session_id': '$.session_id',
            'payer_id': '$.payer_id',
            'reference': '$.reference',
            'check_date': '$.check_date',
            'deposit_date': '$.deposit_date',
            'pay_total': '$.pay_total',
            'payment_type': '$.payment_type',
            'description': '$.description',
            'adjustment_code': '$.adjustment_code',
            'post_to_date': '$.post_to_date',
            'patient_id': '$.patient_id',
            'payment_method': '$.payment_method',
            'modified_time': '$.modified_time',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['session_id'] as payment_session_id,
        nullif(texts['payer_id'], '0') as payer_id,
        texts['reference'] as reference_number,
        {{ openemr_date("texts['check_date']") }} as check_date,
        {{ openemr_date("texts['deposit_date']") }} as deposit_date,
        try_cast(texts['pay_total'] as decimal(18, 2)) as pay_total,
        texts['payment_type'] as payment_type,
        texts['description'] as description,
        texts['adjustment_code'] as adjustment_code,
        {{ openemr_date("texts['post_to_date']") }} as post_date,
        nullif(texts['patient_id'], '0') as patient_id,
        texts['payment_method'] as payment_method,
        {{ openemr_timestamp("texts['modified_time']") }} as modified_at_local
    from extracted

)

select * from renamed
