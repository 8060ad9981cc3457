{# One row per qualification of a practitioner. #}
with

practitioners as (

    select * from {{ ref('stg_fhir__practitioners') }}

),

exploded as (

    {{ explode_json(
        'practitioners',
        ['source_system', 'practitioner_id'],
        'qualifications_json'
    ) }}

),

extracted as (

    select
        source_system,
        practitioner_id,
        ordinal,
        {{ json_texts('element', {
            'text': '$.code.text',
            'display': '$.code.coding[0].display',
            'code': '$.code.coding[0].code',
            'identifier': '$.identifier[0].value',
            'first_url': '$.extension[0].url',
            'first_code': '$.extension[0].valueCode',
            'second_url': '$.extension[1].url',
            'second_code': '$.extension[1].valueCode',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        practitioner_id,
        ordinal,
        coalesce(texts['text'], texts['display'], texts['code']) as credential,
        texts['identifier'] as license_number,
        case
            when texts['first_url'] like '%/license-state' then texts['first_code']
            when texts['second_url'] like '%/license-state' then texts['second_code']
        end as license_state
    from extracted

)

select * from renamed
