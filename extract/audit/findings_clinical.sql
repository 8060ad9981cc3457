-- Laboratory results, prescriptions, recalls, messages and forms.
with

-- DuckDB reads 1.00 as 1.0: what a value looks like is read from the document's own bytes.
results as (

    select
        observation.system,
        observation.id,
        observation.category_code,
        observation.interpretation_code,
        coalesce(
            observation.value_text,
            json_extract_string(observation.value_code, '$.text'),
            json_extract_string(observation.value_code, '$.coding[0].display'),
            json_extract_string(observation.value_code, '$.coding[0].code'),
            observation.comparator || regexp_extract(
                landed.doc, '"valueQuantity"\s*:\s*\{[^{}]*?"value"\s*:\s*(-?[0-9.eE+-]+)', 1
            ),
            regexp_extract(
                landed.doc, '"valueQuantity"\s*:\s*\{[^{}]*?"value"\s*:\s*(-?[0-9.eE+-]+)', 1
            )
        ) as written
    from observation
    inner join raw.raw_fhir.observation as landed
        on observation.system = landed.system and observation.id = landed.id

),

judged_results as (

    select
        system,
        'observation' as table_name,
        id,
        unnest([
            case
                when category_code is distinct from 'laboratory' then 'observation_not_laboratory'
            end,
            case
                when category_code = 'laboratory' and coalesce(written, '') = ''
                    then 'lab_value_missing'
            end,
            case
                when category_code = 'laboratory' and written[1] = '<' then 'lab_value_below_limit'
            end,
            case
                when category_code = 'laboratory' and written[1] = '>' then 'lab_value_above_limit'
            end,
            case
                when category_code = 'laboratory' and regexp_full_match(written, '-?[0-9]+[.]0{2,}')
                    then 'lab_value_with_trailing_zeros'
            end,
            case
                when
                    category_code = 'laboratory'
                    and regexp_full_match(written, '-?[0-9]+[.][0-9]{7,}')
                    then 'lab_value_with_many_digits'
            end,
            case
                when category_code = 'laboratory' and regexp_matches(written, '^[^<>=0-9.-]')
                    then 'lab_value_in_words'
            end,
            case
                when not list_contains(
                    (select codes from known where element = 'interpretation'), interpretation_code
                )
                    then 'interpretation_unknown_code'
            end
        ]) as finding
    from results

),

roster as (

    select distinct system, bare_id(practitioner) as practitioner_id
    from practitioner_role

),

judged_prescriptions as (

    select
        medication_request.system,
        'medication_request' as table_name,
        medication_request.id,
        unnest([
            case
                when not list_contains(
                    (select codes from known where element = 'prescription_status'),
                    medication_request.status
                )
                    then 'prescription_status_unknown_code'
            end,
            case
                when practitioner.id is not null and roster.practitioner_id is null
                    then 'prescribed_by_outside_provider'
            end
        ]) as finding
    from medication_request
    left join practitioner
        on medication_request.system = practitioner.system
        and bare_id(medication_request.requester) = practitioner.id
    left join roster
        on practitioner.system = roster.system and practitioner.id = roster.practitioner_id

),

named as (

    select distinct system, table_name, id from reference where target_type = 'Patient'

),

judged_messages as (

    select
        communication.system,
        'communication' as table_name,
        communication.id,
        unnest([
            case when named.id is null then 'communication_without_patient' end,
            case
                when not list_contains(
                    (select codes from known where element = 'medium'), communication.medium_code
                )
                    then 'medium_unknown_code'
            end
        ]) as finding
    from communication
    left join named
        on named.table_name = 'communication'
        and communication.system = named.system
        and communication.id = named.id

)

select * from judged_results where finding is not null
union all
select * from judged_prescriptions where finding is not null
union all
select * from judged_messages where finding is not null
union all
select system, 'questionnaire_response', id, 'form_without_patient'
from questionnaire_response
where not exists (
    from named
    where named.table_name = 'questionnaire_response'
        and named.system = questionnaire_response.system
        and named.id = questionnaire_response.id
)
union all
select system, 'service_request', id, 'recall_without_interval'
from service_request
where intent = 'plan' and repeats is null
