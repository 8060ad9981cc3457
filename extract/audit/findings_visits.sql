-- Appointments: what they lack, when they are, and in which zone a clock changed around them.
with

zones as (

    select
        system,
        id,
        json_extract_string(
            list_first(list_filter(
                json_extract(extensions, '$[*]'),
                lambda one: ends_with(json_extract_string(one, '$.url'), '/timezone')
            )),
            '$.valueCode'
        ) as zone
    from location

),

known_zones as (

    select zones.system, zones.id, zones.zone
    from zones
    inner join pg_timezone_names() as valid on zones.zone = valid.name

),

visited as (

    select
        appointment.*,
        try_cast(starts as timestamptz) as starts_at,
        try_cast(ends as timestamptz) as ends_at,
        json_extract_string(
            list_first(list_filter(
                json_extract(extensions, '$[*]'),
                lambda one: ends_with(json_extract_string(one, '$.url'), '/series-key')
            )),
            '$.valueString'
        ) as series
    from appointment

),

located as (

    select
        visited.*,
        known_zones.zone,
        timezone(known_zones.zone, visited.starts_at) as local_start
    from visited
    left join (
        select system, id, min(target_id) as location_id
        from reference
        where table_name = 'appointment' and target_type = 'Location'
        group by system, id
    ) as place
        on visited.system = place.system and visited.id = place.id
    left join known_zones
        on place.system = known_zones.system and place.location_id = known_zones.id

),

-- A day on which the clocks change in any zone that the practice works in.
change_days as (

    select distinct days.day
    from (
        select distinct cast(local_start as date) as day from located where local_start is not null
    ) as days
    cross join (select distinct zone from known_zones) as places
    where
        timezone(places.zone, cast(days.day + interval 12 hours as timestamp))
        - timezone(places.zone, cast(days.day as timestamp)) != interval 12 hours

),

-- A series that some zone of the practice would move by an hour if it were kept in UTC.
shifted_series as (

    select distinct system, series
    from (
        select
            located.system,
            located.series,
            places.zone
        from located
        cross join (select distinct zone from known_zones) as places
        where located.series is not null
        group by located.system, located.series, places.zone
        having count(distinct
            timezone(places.zone, located.starts_at) - timezone('UTC', located.starts_at)
        ) > 1
    )

),

named as (

    select distinct system, id from reference
    where table_name = 'appointment' and target_type = 'Patient'

),

judged as (

    select
        located.system,
        'appointment' as table_name,
        located.id,
        unnest([
            case when located.starts is null then 'appointment_without_start' end,
            case
                when located.starts is not null and located.ends is null
                    then 'appointment_without_end'
            end,
            case when located.ends_at < located.starts_at then 'appointment_ends_before_start' end,
            case
                when located.ends_at - located.starts_at > interval 14 days
                    then 'appointment_longer_than_14_days'
            end,
            case when located.status = 'noshow' then 'no_show' end,
            case
                when not list_contains(
                    (select codes from known where element = 'appointment_status'), located.status
                )
                    then 'appointment_status_unknown_code'
            end,
            case
                when not list_contains(
                    (select codes from known where element = 'appointment_type'), located.type_code
                )
                    then 'appointment_type_unknown_code'
            end,
            case when named.id is null then 'appointment_without_patient' end,
            case when change_days.day is not null then 'appointment_on_clock_change_day' end,
            case
                when shifted_series.series is not null and located.zone is not null
                    then 'series_across_clock_change_'
                        || lower(split_part(located.zone, '/', -1))
            end
        ]) as finding
    from located
    left join named on located.system = named.system and located.id = named.id
    left join shifted_series
        on located.system = shifted_series.system and located.series = shifted_series.series
    left join change_days on cast(located.local_start as date) = change_days.day

)

select * from judged where finding is not null
