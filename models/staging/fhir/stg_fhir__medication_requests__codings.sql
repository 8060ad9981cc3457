{# One row per code of a prescribed medication. #}
with

medication_requests as (

    select * from {{ ref('stg_fhir__medication_requests') }}

),

exploded as (

    {{ explode_json(
        'medication_requests',
        ['source_system', 'medication_request_id'],
        'codings_json'
    ) }}

),

extracted as (

    select
        source_system,
        medication_request_id,
        ordinal,
        {{ json_texts('element', {
            'system': '$.system',
            'code': '$.code',
            'display': '$.display',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        medication_request_id,
        ordinal,
        texts['system'] as code_system,
        texts['code'] as code,
        texts['display'] as code_description
    from extracted

)

select * from renamed
