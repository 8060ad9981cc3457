{#
    The servers that records refer to by a whole address, and in how many records. `is_decided` says that somebody has
    named a server as the clinic's own (CLINIC_FHIR_OWN_SERVERS: `https://host/fhir/Patient/1` is the patient 1 here) or
    as another's (CLINIC_FHIR_OTHER_SERVERS: it is nobody here, whoever has that id): nothing in a record tells.
#}
{%- set tables = [
    'account', 'appointment', 'charge_item', 'claim', 'claim_response', 'communication', 'communication_request',
    'coverage', 'diagnostic_report', 'document_reference', 'explanation_of_benefit', 'invoice', 'location',
    'medication_request', 'observation', 'organization', 'patient', 'payment_notice', 'practitioner',
    'practitioner_role', 'questionnaire_response', 'related_person', 'service_request',
] -%}
with

referring as (
    {% for table in tables %}
    select
        system as source_system,
        '{{ table }}' as raw_table,
        id as raw_id,
        replace(doc, '\/', '/') as doc
    from {{ source('raw_fhir', table) }}
    where regexp_matches(doc, '"reference"\s*:\s*"https?:|/Binary')
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

named as (

    select
        source_system,
        raw_table,
        raw_id,
        unnest(
            regexp_extract_all(
                doc,
                '"(?:reference"\s*:\s*"https?://[^"?]+|url"\s*:\s*"https?://[^"?]+/Binary/[^"?]+)"'
            )
        ) as reference
    from referring

),

addressed as (

    select
        source_system,
        raw_table,
        raw_id,
        regexp_extract(
            reference, '(https?://[^"]*?)/[A-Z][A-Za-z]+/[^/"]+(?:/_history/[^/"]+)?"$', 1
        ) as server_url
    from named

),

distinct_records as (

    select distinct
        source_system,
        raw_table,
        raw_id,
        server_url
    from addressed
    where server_url != ''

),

counted as (

    select
        source_system,
        server_url,
        count(*) as records,
        server_url in ({{ known_fhir_servers() }}) as is_decided
    from distinct_records
    group by source_system, server_url

)

select * from counted
