{#
    The clock of each clinic: the zone that OpenEMR is set to, else the one of CLINIC_TIME_ZONE.
    Its times are written without any.
#}
with

systems as (

    select source_system
    from {{ ref('stg_openemr__patients') }}
    group by source_system

),

settings as (

    select * from {{ ref('stg_openemr__settings') }}
    where setting_name = 'gbl_time_zone'

),

time_zones as (

    {{ known_time_zones() }}

),

clinics as (

    select
        systems.source_system,
        coalesce(time_zones.time_zone, '{{ var("clinic_time_zone") }}') as time_zone
    from systems
    left join settings on systems.source_system = settings.source_system
    left join time_zones on settings.setting_value = time_zones.time_zone

)

select * from clinics
