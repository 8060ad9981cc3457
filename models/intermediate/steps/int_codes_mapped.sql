{#
    What each code that occurs becomes in Salesforce: the system's own row of the crosswalk, else
    the row for every system, else the concept's fallback. A code that only the fallback answers is
    unknown: its record loads and is flagged.
#}
with

codes as (

    select
        concept,
        source_system,
        source_value

    from {{ ref('int_codes_used') }}

    group by concept, source_system, source_value

),

crosswalks as (

    select * from {{ ref('int_crosswalks_unioned') }}

),

shared_rows as (

    select * from crosswalks

    where source_system = '*' and source_value != '*'

),

fallbacks as (

    select * from crosswalks

    where source_system = '*' and source_value = '*'

),

mapped as (

    select
        codes.concept,
        codes.source_system,
        codes.source_value,
        case
            when crosswalks.concept is not null then crosswalks.salesforce_value
            when shared_rows.concept is not null then shared_rows.salesforce_value
            else fallbacks.salesforce_value
        end as salesforce_value,
        crosswalks.concept is null and shared_rows.concept is null as is_unknown

    from codes

    left join crosswalks
        on
            codes.concept = crosswalks.concept
            and codes.source_system = crosswalks.source_system
            and codes.source_value = crosswalks.source_value

    left join shared_rows
        on
            codes.concept = shared_rows.concept
            and codes.source_value = shared_rows.source_value

    left join fallbacks on codes.concept = fallbacks.concept

)

select * from mapped
