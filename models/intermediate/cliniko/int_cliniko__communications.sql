{# Messages, calls and letters in the clinic contract's columns. #}
with

communications as (

    select * from {{ ref('stg_cliniko__communications') }}

),

media as (

    select * from {{ ref('cliniko_codes') }}
    where list_id = 'communication_type'

),

directions as (

    select * from {{ ref('cliniko_codes') }}
    where list_id = 'communication_direction'

),

shaped as (

    select
        {{ clinic_key(
            'communications.source_system', 'communication', 'communications.communication_id'
        ) }} as communication_key,
        communications.source_system,
        communications.communication_id as source_id,
        {{ clinic_key('communications.source_system', 'patient', 'communications.patient_id') }}
            as patient_key,
        cast(null as varchar) as sender_provider_key,
        coalesce(media.code, communications.medium) as medium_code,
        coalesce(directions.code, communications.direction) as direction,
        coalesce(communications.subject, communications.category) as topic,
        {{ text_of_html('communications.body') }} as body,
        'completed' as status_code,
        communications.created_at as sent_at,
        cast(null as timestamp) as received_at,
        communications.created_at,
        communications.modified_at
    from communications
    left join media on communications.medium = media.source_value
    left join directions on communications.direction = directions.source_value

)

select * from shaped
