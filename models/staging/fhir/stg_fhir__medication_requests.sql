{# One row per MedicationRequest; the dose keeps the digits it was written with. #}
with

source as (

    select * from {{ source('raw_fhir', 'medication_request') }}

),

extracted as (

    select
        system as source_system,
        id as medication_request_id,
        last_updated,
        {{ json_texts(json_number_text('doc'), {
            'status': '$.status',
            'intent': '$.intent',
            'medication_text': '$.medicationCodeableConcept.text',
            'codings': '$.medicationCodeableConcept.coding',
            'medication': '$.medicationReference.reference',
            'medication_display': '$.medicationReference.display',
            'contained': '$.contained',
            'subject': '$.subject.reference',
            'requester': '$.requester.reference',
            'authored': '$.authoredOn',
            'dosage_text': '$.dosageInstruction[0].text',
            'timing_text': '$.dosageInstruction[0].timing.code.text',
            'timing_code': '$.dosageInstruction[0].timing.code.coding[0].code',
            'frequency': '$.dosageInstruction[0].timing.repeat.frequency',
            'period': '$.dosageInstruction[0].timing.repeat.period',
            'period_unit': '$.dosageInstruction[0].timing.repeat.periodUnit',
            'dose_value': '$.dosageInstruction[0].doseAndRate[0].doseQuantity.value',
            'dose_unit': '$.dosageInstruction[0].doseAndRate[0].doseQuantity.unit',
            'refills': '$.dispenseRequest.numberOfRepeatsAllowed',
            'quantity': '$.dispenseRequest.quantity.value',
            'note': '$.note[0].text',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        medication_request_id,
        {{ fhir_reference_id("texts['subject']", 'Patient') }} as patient_id,
        texts['requester'] as requester_reference,
        texts['medication'] as medication_reference,
        texts['medication_display'] as medication_display,
        texts['medication_text'] as medication_text,
        texts['dosage_text'] as dosage_text,
        texts['dose_value'] as dose_value_text,
        texts['dose_unit'] as dose_unit,
        texts['timing_text'] as timing_text,
        texts['timing_code'] as timing_code,
        texts['frequency'] as frequency_text,
        texts['period'] as period_text,
        texts['period_unit'] as period_unit,
        texts['status'] as status_code,
        texts['intent'] as intent_code,
        texts['note'] as note,
        texts['authored'] as authored_at_text,
        texts['codings'] as codings_json,
        texts['contained'] as contained_json,
        texts['extensions'] as extensions_json,
        try_cast(texts['refills'] as bigint) as refills,
        try_cast(texts['quantity'] as decimal(18, 2)) as quantity,
        {{ fhir_date("texts['authored']") }} as issued_date,
        {{ fhir_timestamp("texts['authored']") }} as created_at,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
