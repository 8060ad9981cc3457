{# One row per subject of an account. #}
with

accounts as (

    select * from {{ ref('stg_fhir__accounts') }}

),

exploded as (

    {{ explode_json('accounts', ['source_system', 'account_id'], 'subjects_json') }}

),

extracted as (

    select
        source_system,
        account_id,
        ordinal,
        {{ json_texts('element', {
            'subject': '$.reference',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        account_id,
        ordinal,
        texts['subject'] as subject_reference
    from extracted

)

select * from renamed
