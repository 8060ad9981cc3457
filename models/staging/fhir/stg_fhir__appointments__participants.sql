{# One row per participant of an appointment. #}
with

appointments as (

    select * from {{ ref('stg_fhir__appointments') }}

),

exploded as (

    {{ explode_json('appointments', ['source_system', 'appointment_id'], 'participants_json') }}

),

extracted as (

    select
        source_system,
        appointment_id,
        ordinal,
        {{ json_texts('element', {
            'actor': '$.actor.reference',
        }) }} as texts
    from exploded

),

renamed as (

    select
        source_system,
        appointment_id,
        ordinal,
        texts['actor'] as actor_reference
    from extracted

)

select * from renamed
