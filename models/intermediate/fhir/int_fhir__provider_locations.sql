{# The roster: who works where, once per provider and location, whatever the number of roles. #}
with

role_locations as (

    select * from {{ ref('int_fhir__role_locations_deduplicated') }}

),

shaped as (

    select
        {{ clinic_key('source_system', 'provider_location', ['practitioner_id', 'location_id']) }}
            as provider_location_key,
        source_system,
        practitioner_id || '/' || location_id as source_id,
        {{ clinic_key('source_system', 'provider', 'practitioner_id') }} as provider_key,
        {{ clinic_key('source_system', 'location', 'location_id') }} as location_key,
        is_active,
        created_at,
        modified_at
    from role_locations

)

select * from shaped
