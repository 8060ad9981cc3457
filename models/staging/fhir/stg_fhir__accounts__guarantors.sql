{# One row per person who answers for an account. #}
with

accounts as (

    select * from {{ ref('stg_fhir__accounts') }}

),

exploded as (

    {{ explode_json('accounts', ['source_system', 'account_id'], 'guarantors_json') }}

),

extracted as (

    select
        source_system,
        account_id,
        ordinal,
        {{ json_texts('element', {
            'party': '$.party.reference',
            'on_hold': '$.onHold',
            'period_end': '$.period.end',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        account_id,
        ordinal,
        texts['party'] as party_reference,
        try_cast(texts['on_hold'] as boolean) as is_on_hold,
        texts['period_end'] as period_end_text
    from extracted

)

select * from renamed
