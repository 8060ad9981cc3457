{#
    One row per top-level extension of a resource. `extension_name` is the url's last segment:
    the practice's own base url is nobody's business here. A url with /custom/ before its name
    is a custom field.
#}
with

accounts as (

    select * from {{ ref('stg_fhir__accounts') }}

),

appointments as (

    select * from {{ ref('stg_fhir__appointments') }}

),

charge_items as (

    select * from {{ ref('stg_fhir__charge_items') }}

),

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

coverages as (

    select * from {{ ref('stg_fhir__coverages') }}

),

document_references as (

    select * from {{ ref('stg_fhir__document_references') }}

),

invoices as (

    select * from {{ ref('stg_fhir__invoices') }}

),

locations as (

    select * from {{ ref('stg_fhir__locations') }}

),

medication_requests as (

    select * from {{ ref('stg_fhir__medication_requests') }}

),

observations as (

    select * from {{ ref('stg_fhir__observations') }}

),

organizations as (

    select * from {{ ref('stg_fhir__organizations') }}

),

patients as (

    select * from {{ ref('stg_fhir__patients') }}

),

payment_notices as (

    select * from {{ ref('stg_fhir__payment_notices') }}

),

practitioners as (

    select * from {{ ref('stg_fhir__practitioners') }}

),

practitioner_roles as (

    select * from {{ ref('stg_fhir__practitioner_roles') }}

),

questionnaire_responses as (

    select * from {{ ref('stg_fhir__questionnaire_responses') }}

),

related_persons as (

    select * from {{ ref('stg_fhir__related_persons') }}

),

service_requests as (

    select * from {{ ref('stg_fhir__service_requests') }}

),

communications as (

    select * from {{ ref('stg_fhir__communications') }}

),

communication_requests as (

    select * from {{ ref('stg_fhir__communication_requests') }}

),

collected as (

    select
        source_system,
        'Account' as resource_type,
        account_id as resource_id,
        extensions_json
    from accounts

    union all

    select
        source_system,
        'Appointment' as resource_type,
        appointment_id as resource_id,
        extensions_json
    from appointments

    union all

    select
        source_system,
        'ChargeItem' as resource_type,
        charge_item_id as resource_id,
        extensions_json
    from charge_items

    union all

    select
        source_system,
        'Claim' as resource_type,
        claim_id as resource_id,
        extensions_json
    from claims

    union all

    select
        source_system,
        'Coverage' as resource_type,
        coverage_id as resource_id,
        extensions_json
    from coverages

    union all

    select
        source_system,
        'DocumentReference' as resource_type,
        document_reference_id as resource_id,
        extensions_json
    from document_references

    union all

    select
        source_system,
        'Invoice' as resource_type,
        invoice_id as resource_id,
        extensions_json
    from invoices

    union all

    select
        source_system,
        'Location' as resource_type,
        location_id as resource_id,
        extensions_json
    from locations

    union all

    select
        source_system,
        'MedicationRequest' as resource_type,
        medication_request_id as resource_id,
        extensions_json
    from medication_requests

    union all

    select
        source_system,
        'Observation' as resource_type,
        observation_id as resource_id,
        extensions_json
    from observations

    union all

    select
        source_system,
        'Organization' as resource_type,
        organization_id as resource_id,
        extensions_json
    from organizations

    union all

    select
        source_system,
        'Patient' as resource_type,
        patient_id as resource_id,
        extensions_json
    from patients

    union all

    select
        source_system,
        'PaymentNotice' as resource_type,
        payment_notice_id as resource_id,
        extensions_json
    from payment_notices

    union all

    select
        source_system,
        'Practitioner' as resource_type,
        practitioner_id as resource_id,
        extensions_json
    from practitioners

    union all

    select
        source_system,
        'PractitionerRole' as resource_type,
        practitioner_role_id as resource_id,
        extensions_json
    from practitioner_roles

    union all

    select
        source_system,
        'QuestionnaireResponse' as resource_type,
        questionnaire_response_id as resource_id,
        extensions_json
    from questionnaire_responses

    union all

    select
        source_system,
        'RelatedPerson' as resource_type,
        related_person_id as resource_id,
        extensions_json
    from related_persons

    union all

    select
        source_system,
        'ServiceRequest' as resource_type,
        service_request_id as resource_id,
        extensions_json
    from service_requests

    union all

    select
        source_system,
        'Communication' as resource_type,
        communication_id as resource_id,
        extensions_json
    from communications

    union all

    select
        source_system,
        'CommunicationRequest' as resource_type,
        communication_request_id as resource_id,
        extensions_json
    from communication_requests

),

exploded as (

    {{ explode_json(
        'collected',
        ['source_system', 'resource_type', 'resource_id'],
        'extensions_json'
    ) }}

),

extracted as (

    select
        source_system,
        resource_type,
        resource_id,
        ordinal,
        {{ json_texts('element', {
            'url': '$.url',
            'value_string': '$.valueString',
            'value_code': '$.valueCode',
            'value_boolean': '$.valueBoolean',
            'value_decimal': '$.valueDecimal',
            'value_integer': '$.valueInteger',
            'value_date': '$.valueDate',
            'value_date_time': '$.valueDateTime',
            'value_uri': '$.valueUri',
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

renamed as (

    select
        source_system,
        resource_type,
        resource_id,
        ordinal,
        texts['url'] as extension_url,
        regexp_extract(texts['url'], '[^/]*$') as extension_name,
        coalesce(
            texts['value_string'],
            texts['value_code'],
            texts['value_boolean'],
            texts['value_decimal'],
            texts['value_integer'],
            texts['value_date'],
            texts['value_date_time'],
            texts['value_uri'],
            texts['money'],
            texts['quantity'],
            texts['reference'],
            texts['concept_text'],
            texts['concept_code'],
            texts['coding_code']
        ) as extension_value,
        texts['currency'] as extension_currency,
        texts['url'] like '%/custom/%' as is_custom_field
    from extracted

)

select * from renamed
