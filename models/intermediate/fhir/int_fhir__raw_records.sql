{# Every raw row of every landed resource type, by name only: what the closing starts from. #}
with

unioned as (

    {{ raw_record('account') }}

    union all

    {{ raw_record('appointment') }}

    union all

    {{ raw_record('binary') }}

    union all

    {{ raw_record('charge_item') }}

    union all

    {{ raw_record('claim') }}

    union all

    {{ raw_record('claim_response') }}

    union all

    {{ raw_record('communication') }}

    union all

    {{ raw_record('communication_request') }}

    union all

    {{ raw_record('consent') }}

    union all

    {{ raw_record('coverage') }}

    union all

    {{ raw_record('diagnostic_report') }}

    union all

    {{ raw_record('document_reference') }}

    union all

    {{ raw_record('explanation_of_benefit') }}

    union all

    {{ raw_record('insurance_plan') }}

    union all

    {{ raw_record('invoice') }}

    union all

    {{ raw_record('location') }}

    union all

    {{ raw_record('medication_request') }}

    union all

    {{ raw_record('observation') }}

    union all

    {{ raw_record('organization') }}

    union all

    {{ raw_record('patient') }}

    union all

    {{ raw_record('payment_notice') }}

    union all

    {{ raw_record('practitioner') }}

    union all

    {{ raw_record('practitioner_role') }}

    union all

    {{ raw_record('questionnaire_response') }}

    union all

    {{ raw_record('related_person') }}

    union all

    {{ raw_record('schedule') }}

    union all

    {{ raw_record('service_request') }}

    union all

    {{ raw_record('slot') }}

)

select * from unioned
