{# Who works where, in the clinic contract's columns. #}
with

rosters as (

    select * from {{ ref('int_cliniko__rosters_gathered') }}

),

shaped as (

    select
        {{ clinic_key('source_system', 'provider_location', ['practitioner_id', 'business_id']) }}
            as provider_location_key,
        source_system,
        practitioner_id || '/' || business_id as source_id,
        {{ clinic_key('source_system', 'provider', 'practitioner_id') }} as provider_key,
        {{ clinic_key('source_system', 'location', 'business_id') }} as location_key,
        true as is_active,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as modified_at
    from rosters

)

select * from shaped
