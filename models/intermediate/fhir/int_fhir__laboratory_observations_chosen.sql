{#
    Which observations are laboratory results: those with the category `laboratory`. Vital signs,
    surveys and the like have no place in Lab_Result__c (int_fhir__source_records names them).
#}
with

categories as (

    select * from {{ ref('stg_fhir__observations__categories') }}
    where category_code = 'laboratory' or second_category_code = 'laboratory'

),

chosen as (

    select
        source_system,
        observation_id
    from categories
    group by source_system, observation_id

)

select * from chosen
