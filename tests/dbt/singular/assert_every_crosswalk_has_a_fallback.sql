{# An unknown code must have somewhere to go, if only to an empty field. #}
with

fallbacks as (

    select concept from {{ ref('int_crosswalks_unioned') }}

    where source_system = '*' and source_value = '*'

),

value_sets as (

    select * from {{ ref('crosswalk_value_sets') }}

),

without_fallback as (

    select value_sets.concept

    from value_sets

    left join fallbacks on value_sets.concept = fallbacks.concept

    where fallbacks.concept is null

)

select * from without_fallback
