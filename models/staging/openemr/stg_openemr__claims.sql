{# One row per version of a claim: each time a visit is billed makes a new one. #}
with

source as (

    select * from {{ source('raw_openemr', 'claims') }}

),

extracted as (

    select
        system as source_system,
        id as raw_id,
        {{ json_texts('doc', {
            'patient_id': '$.patient_id',
            'encounter_id': '$.encounter_id',
            'version': '$.version',
            'payer_id': '$.payer_id',
            'status': '$.status',
            'payer_type': '$.payer_type',
            'bill_time': '$.bill_time',
            'process_time': '$.process_time',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        raw_id,
        texts['patient_id'] as patient_id,
        texts['encounter_id'] as encounter_id,
        try_cast(texts['version'] as bigint) as version_number,
        nullif(texts['payer_id'], '0') as payer_id,
        texts['status'] as status,
        texts['payer_type'] as payer_type,
        {{ openemr_timestamp("texts['bill_time']") }} as billed_at_local,
        {{ openemr_timestamp("texts['process_time']") }} as processed_at_local
    from extracted

)

select * from renamed
