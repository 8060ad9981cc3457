{#
    One name per person: the official one, then the usual, then an unmarked one; a maiden, old or
    ended name only where there is no other (a Contact needs a name). The preferred name is the
    nickname, or the usual given name where another name was chosen.
#}
with

human_names as (

    select * from {{ ref('stg_fhir__human_names') }}

),

ranked as (

    select
        source_system,
        resource_type,
        resource_id,
        name_use,
        name_prefix,
        given_name,
        middle_name,
        family_name,
        name_suffix,
        name_text,
        row_number() over (
            partition by source_system, resource_type, resource_id
            order by
                coalesce(family_name, given_name, name_text) is null,
                coalesce(has_ended, false),
                case coalesce(name_use, 'unstated')
                    when 'official' then 1
                    when 'usual' then 2
                    when 'unstated' then 3
                    when 'temp' then 4
                    when 'nickname' then 5
                    when 'anonymous' then 6
                    when 'old' then 7
                    else 8
                end,
                ordinal
        ) as preference
    from human_names

),

chosen as (

    select
        source_system,
        resource_type,
        resource_id,
        max(case when preference = 1 then name_prefix end) as name_prefix,
        max(case when preference = 1 then given_name end) as given_name,
        max(case when preference = 1 then middle_name end) as middle_name,
        max(case when preference = 1 then family_name end) as family_name,
        max(case when preference = 1 then name_suffix end) as name_suffix,
        coalesce(
            max(case when name_use = 'nickname' then coalesce(given_name, name_text) end),
            max(case when name_use = 'usual' and preference > 1 then given_name end)
        ) as preferred_name,
        max(case when preference = 1 then name_text end) as name_text
    from ranked
    group by source_system, resource_type, resource_id

)

select * from chosen
