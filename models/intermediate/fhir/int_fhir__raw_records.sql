{# Every raw row of every landed resource type, by name only: what the closing starts from. #}
with

unioned as (

    {{ union_of_raw_records([
        'account',
        'activity_definition',
        'appointment',
        'binary',
        'charge_item',
        'claim',
        'claim_response',
        'communication',
        'communication_request',
        'consent',
        'coverage',
        'diagnostic_report',
        'document_reference',
        'explanation_of_benefit',
        'healthcare_service',
        'insurance_plan',
        'invoice',
        'location',
        'medication_request',
        'observation',
        'organization',
        'patient',
        'payment_notice',
        'plan_definition',
        'practitioner',
        'practitioner_role',
        'questionnaire',
        'questionnaire_response',
        'related_person',
        'schedule',
        'service_request',
        'slot',
        'subscription',
        'task',
    ]) }}

)

select * from unioned
