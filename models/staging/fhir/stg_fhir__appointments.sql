{# One row per Appointment. Times carry an offset in the source and are UTC from here on. #}
with

source as (

    select * from {{ source('raw_fhir', 'appointment') }}

),

extracted as (

    select
        system as source_system,
        id as appointment_id,
        last_updated,
        {{ json_texts(json_number_text('doc', ['valueDecimal', 'valueQuantity']), {
            'status': '$.status',
            'type': '$.appointmentType.coding[0].code',
            'type_text': '$.appointmentType.text',
            'reason': '$.reasonCode[0].text',
            'reason_display': '$.reasonCode[0].coding[0].display',
            'description': '$.description',
            'comment': '$.comment',
            'start_text': '$.start',
            'end_text': '$.end',
            'minutes': '$.minutesDuration',
            'created': '$.created',
            'participants': '$.participant',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        appointment_id,
        texts['status'] as status_code,
        coalesce(texts['type'], texts['type_text']) as type_code,
        coalesce(texts['reason'], texts['reason_display']) as reason,
        texts['description'] as description,
        texts['comment'] as remark,
        texts['start_text'] as start_at_text,
        texts['end_text'] as end_at_text,
        texts['participants'] as participants_json,
        texts['extensions'] as extensions_json,
        try_cast(texts['minutes'] as bigint) as duration_minutes,
        {{ fhir_timestamp("texts['start_text']") }} as start_at,
        {{ fhir_timestamp("texts['end_text']") }} as end_at,
        {{ fhir_timestamp("texts['created']") }} as created_at,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
