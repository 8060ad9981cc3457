{#
    One row per top-level extension of a resource. `extension_name` is the url's last segment:
    the practice's own base url is nobody's business here. What neither HL7 defines nor this project
    understands is a custom field, and so is every url with /custom/ before its name. A custom field
    whose value is no plain one is told as its JSON: it is counted, and a text takes it.
#}
with

{{ fhir_elements('extensions_json', [
    ['stg_fhir__accounts', 'Account', 'account_id'],
    ['stg_fhir__appointments', 'Appointment', 'appointment_id'],
    ['stg_fhir__charge_items', 'ChargeItem', 'charge_item_id'],
    ['stg_fhir__claims', 'Claim', 'claim_id'],
    ['stg_fhir__coverages', 'Coverage', 'coverage_id'],
    ['stg_fhir__document_references', 'DocumentReference', 'document_reference_id'],
    ['stg_fhir__invoices', 'Invoice', 'invoice_id'],
    ['stg_fhir__locations', 'Location', 'location_id'],
    ['stg_fhir__medication_requests', 'MedicationRequest', 'medication_request_id'],
    ['stg_fhir__observations', 'Observation', 'observation_id'],
    ['stg_fhir__organizations', 'Organization', 'organization_id'],
    ['stg_fhir__patients', 'Patient', 'patient_id'],
    ['stg_fhir__payment_notices', 'PaymentNotice', 'payment_notice_id'],
    ['stg_fhir__practitioners', 'Practitioner', 'practitioner_id'],
    ['stg_fhir__practitioner_roles', 'PractitionerRole', 'practitioner_role_id'],
    ['stg_fhir__questionnaire_responses', 'QuestionnaireResponse', 'questionnaire_response_id'],
    ['stg_fhir__related_persons', 'RelatedPerson', 'related_person_id'],
    ['stg_fhir__service_requests', 'ServiceRequest', 'service_request_id'],
    ['stg_fhir__communications', 'Communication', 'communication_id'],
    ['stg_fhir__communication_requests', 'CommunicationRequest', 'communication_request_id'],
]) }},

extracted as (

    select
        source_system,
        resource_type,
        resource_id,
        ordinal,
        element,
        {{ json_texts('element', {
            'url': '$.url',
            'value_string': '$.valueString',
            'value_code': '$.valueCode',
            'value_boolean': '$.valueBoolean',
            'value_decimal': '$.valueDecimal',
            'value_integer': '$.valueInteger',
            'value_positive_int': '$.valuePositiveInt',
            'value_unsigned_int': '$.valueUnsignedInt',
            'value_date': '$.valueDate',
            'value_date_time': '$.valueDateTime',
            'value_instant': '$.valueInstant',
            'value_time': '$.valueTime',
            'value_markdown': '$.valueMarkdown',
            'value_uri': '$.valueUri',
            'value_url': '$.valueUrl',
            'value_canonical': '$.valueCanonical',
            'value_id': '$.valueId',
            'value_oid': '$.valueOid',
            'value_uuid': '$.valueUuid',
            'value_base64': '$.valueBase64Binary',
            'money': '$.valueMoney.value',
            'currency': '$.valueMoney.currency',
            'quantity': '$.valueQuantity.value',
            'reference': '$.valueReference.reference',
            'concept_text': '$.valueCodeableConcept.text',
            'concept_code': '$.valueCodeableConcept.coding[0].code',
            'coding_code': '$.valueCoding.code',
        }) }} as texts
    from exploded

),

told_apart as (

    select
        *,
        coalesce(regexp_extract(texts['url'], '[^/]*$', 0), '') as extension_name,
        coalesce(
            texts['url'] like '%/custom/%'
            or not (
                regexp_matches(texts['url'], '^https?://(terminology[.])?hl7[.]org/')
                or {{ is_understood_extension("regexp_extract(texts['url'], '[^/]*$', 0)") }}
            ),
            true
        ) as is_custom_field,
        regexp_matches(element, '"(value[A-Za-z]+|extension)"[ ]*:[ ]*[{\[]') as is_structure
    from extracted

),

renamed as (

    select
        source_system,
        resource_type,
        resource_id,
        ordinal,
        texts['url'] as extension_url,
        extension_name,
        coalesce(
            texts['value_string'],
            texts['value_code'],
            texts['value_boolean'],
            texts['value_decimal'],
            texts['value_integer'],
            texts['value_positive_int'],
            texts['value_unsigned_int'],
            texts['value_date'],
            texts['value_date_time'],
            texts['value_instant'],
            texts['value_time'],
            texts['value_markdown'],
            texts['value_uri'],
            texts['value_url'],
            texts['value_canonical'],
            texts['value_id'],
            texts['value_oid'],
            texts['value_uuid'],
            texts['value_base64'],
            texts['money'],
            texts['quantity'],
            texts['reference'],
            texts['concept_text'],
            texts['concept_code'],
            texts['coding_code'],
            case when is_custom_field and is_structure then element end
        ) as extension_value,
        texts['currency'] as extension_currency,
        is_custom_field
    from told_apart

)

select * from renamed
