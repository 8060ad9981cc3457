{# Who works where, in the clinic contract's columns. #}
with

rosters as (

    select * from {{ ref('int_openemr__rosters_gathered') }}

),

shaped as (

    select
        {{ clinic_key('source_system', 'provider_location', ['user_id', 'facility_id']) }}
            as provider_location_key,
        source_system,
        user_id || '/' || facility_id as source_id,
        {{ clinic_key('source_system', 'provider', 'user_id') }} as provider_key,
        {{ clinic_key('source_system', 'location', 'facility_id') }} as location_key,
        true as is_active,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as modified_at
    from rosters

)

select * from shaped
