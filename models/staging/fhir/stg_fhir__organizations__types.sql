{# One row per type of an organization. #}
with

organizations as (

    select * from {{ ref('stg_fhir__organizations') }}

),

exploded as (

    {{ explode_json('organizations', ['source_system', 'organization_id'], 'types_json') }}

),

extracted as (

    select
        source_system,
        organization_id,
        ordinal,
        {{ json_texts('element', {
            'code_1': '$.coding[0].code',
            'code_2': '$.coding[1].code',
            'code_3': '$.coding[2].code',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        organization_id,
        ordinal,
        texts['code_1'] as type_code,
        texts['code_2'] as second_type_code,
        texts['code_3'] as third_type_code
    from extracted

)

select * from renamed
