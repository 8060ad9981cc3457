{# One row per Account: a patient's bill, who answers for it, and what is open on it. #}
with

source as (

    select * from {{ source('raw_fhir', 'account') }}

),

extracted as (

    select
        system as source_system,
        id as account_id,
        last_updated,
        {{ json_texts('doc', {
            'status': '$.status',
            'name': '$.name',
            'subjects': '$.subject',
            'guarantors': '$.guarantor',
            'start_text': '$.servicePeriod.start',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        account_id,
        texts['status'] as status_code,
        texts['name'] as account_name,
        texts['subjects'] as subjects_json,
        texts['guarantors'] as guarantors_json,
        texts['start_text'] as period_start_text,
        texts['extensions'] as extensions_json,
        {{ fhir_date("texts['start_text']") }} as period_start,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
