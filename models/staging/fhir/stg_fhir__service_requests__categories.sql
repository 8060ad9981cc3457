{# One row per category of a service request. #}
with

service_requests as (

    select * from {{ ref('stg_fhir__service_requests') }}

),

exploded as (

    {{ explode_json(
        'service_requests',
        ['source_system', 'service_request_id'],
        'categories_json'
    ) }}

),

extracted as (

    select
        source_system,
        service_request_id,
        ordinal,
        {{ json_texts('element', {
            'code_1': '$.coding[0].code',
            'code_2': '$.coding[1].code',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        service_request_id,
        ordinal,
        texts['code_1'] as category_code,
        texts['code_2'] as second_category_code
    from extracted

)

select * from renamed
