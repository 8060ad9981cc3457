{# A crosswalk that points to a value which no picklist has would fail in the org, row by row. #}
with

crosswalks as (

    select * from {{ ref('int_crosswalks_unioned') }}

    where salesforce_value is not null

),

value_sets as (

    select * from {{ ref('crosswalk_value_sets') }}

),

picklists as (

    select * from {{ ref('salesforce_picklists') }}

),

unlisted as (

    select
        crosswalks.concept,
        crosswalks.source_value,
        crosswalks.salesforce_value

    from crosswalks

    left join value_sets on crosswalks.concept = value_sets.concept

    left join picklists
        on
            value_sets.value_set = picklists.value_set
            and crosswalks.salesforce_value = picklists.value

    where picklists.value is null

)

select * from unlisted
