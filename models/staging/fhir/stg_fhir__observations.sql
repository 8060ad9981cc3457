{#
    One row per Observation. A lab value is what the laboratory wrote: 1.00 is not 1.0, so every
    number here is read as text.
#}
with

source as (

    select * from {{ source('raw_fhir', 'observation') }}

),

extracted as (

    select
        system as source_system,
        id as observation_id,
        last_updated,
        {{ json_texts(json_number_text('doc'), {
            'status': '$.status',
            'categories': '$.category',
            'code_text': '$.code.text',
            'code_display': '$.code.coding[0].display',
            'codings': '$.code.coding',
            'subject': '$.subject.reference',
            'effective': '$.effectiveDateTime',
            'effective_start': '$.effectivePeriod.start',
            'effective_instant': '$.effectiveInstant',
            'issued': '$.issued',
            'quantity': '$.valueQuantity.value',
            'comparator': '$.valueQuantity.comparator',
            'unit': '$.valueQuantity.unit',
            'unit_code': '$.valueQuantity.code',
            'value_string': '$.valueString',
            'concept_text': '$.valueCodeableConcept.text',
            'concept_display': '$.valueCodeableConcept.coding[0].display',
            'concept_code': '$.valueCodeableConcept.coding[0].code',
            'value_integer': '$.valueInteger',
            'value_boolean': '$.valueBoolean',
            'value_date_time': '$.valueDateTime',
            'value_time': '$.valueTime',
            'range_low': '$.valueRange.low.value',
            'range_high': '$.valueRange.high.value',
            'ratio_numerator': '$.valueRatio.numerator.value',
            'ratio_denominator': '$.valueRatio.denominator.value',
            'components': '$.component',
            'interpretation': '$.interpretation[0].coding[0].code',
            'interpretation_text': '$.interpretation[0].text',
            'reference_text': '$.referenceRange[0].text',
            'reference_low': '$.referenceRange[0].low.value',
            'reference_high': '$.referenceRange[0].high.value',
            'performer': '$.performer[0].reference',
            'based_on': '$.basedOn[0].reference',
            'extensions': '$.extension',
        }) }} as texts
    from source

),

renamed as (

    select
        source_system,
        observation_id,
        {{ fhir_reference_id("texts['subject']", 'Patient') }} as patient_id,
        {{ fhir_reference_id("texts['based_on']", 'ServiceRequest') }} as service_request_id,
        texts['performer'] as performer_reference,
        coalesce(texts['code_text'], texts['code_display']) as test_name,
        texts['comparator'] as comparator,
        texts['quantity'] as quantity_text,
        coalesce(texts['unit'], texts['unit_code']) as unit,
        coalesce(
            texts['value_string'],
            texts['concept_text'],
            texts['concept_display'],
            texts['concept_code'],
            texts['value_integer'],
            texts['value_boolean'],
            texts['value_date_time'],
            texts['value_time'],
            texts['range_low'] || ' - ' || texts['range_high'],
            texts['ratio_numerator'] || ':' || texts['ratio_denominator']
        ) as other_value_text,
        texts['value_integer'] as integer_text,
        coalesce(texts['interpretation'], texts['interpretation_text']) as interpretation_code,
        texts['reference_text'] as reference_range_text,
        texts['reference_low'] as reference_low_text,
        texts['reference_high'] as reference_high_text,
        texts['status'] as status_code,
        coalesce(texts['effective'], texts['effective_instant'], texts['effective_start'])
            as effective_at_text,
        texts['issued'] as issued_at_text,
        texts['categories'] as categories_json,
        texts['codings'] as codings_json,
        texts['components'] as components_json,
        texts['extensions'] as extensions_json,
        {{ utc_timestamp('last_updated') }} as modified_at
    from extracted

)

select * from renamed
