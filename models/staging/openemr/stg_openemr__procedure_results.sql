{# One row per result of a report. #}
with

source as (

    select * from {{ source('raw_openemr', 'procedure_result') }}

),

extracted as (

    select
        system as source_system,
        {{ json_texts('doc', {
            'procedure_result_id': '$.procedure_result_id',
            'procedure_report_id': '$.procedure_report_id',
            'result_code': '$.result_code',
            'result_text': '$.result_text',
            'date': '$.date',
            'units': '$.units',
            'result': '$.result',
            'range': '$.range',
            'abnormal': '$.abnormal',
            'comments': '$.comments',
            'result_status': '$.result_status',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        texts['procedure_result_id'] as procedure_result_id,
        nullif(texts['procedure_report_id'], '0') as procedure_report_id,
        texts['result_code'] as result_code,
        texts['result_text'] as result_name,
        {{ openemr_timestamp("texts['date']") }} as resulted_at_local,
        texts['units'] as unit,
        texts['result'] as result_text,
        texts['range'] as reference_range,
        texts['abnormal'] as abnormal_code,
        texts['comments'] as laboratory_comment,
        texts['result_status'] as status_code
    from extracted

)

select * from renamed
