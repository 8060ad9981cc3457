{# One row per report of an order's test. #}
with

source as (

    select * from {{ source('raw_openemr', 'procedure_report') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'procedure_report_id': '$.procedure_report_id',
            'procedure_order_id': '$.procedure_order_id',
            'procedure_order_seq': '$.procedure_order_seq',
            'date_report': '$.date_report',
            'date_collected': '$.date_collected',
            'report_status': '$.report_status',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['procedure_report_id'] as procedure_report_id,
        nullif(texts['procedure_order_id'], '0') as procedure_order_id,
        texts['procedure_order_seq'] as sequence_number,
        {{ openemr_timestamp("texts['date_report']") }} as reported_at_local,
        {{ openemr_timestamp("texts['date_collected']") }} as collected_at_local,
        texts['report_status'] as status_code
    from extracted

)

select * from renamed
