{#
    A merged record's survivor is loaded: for a relation told by its household that is the
    household's Account, for a custom field the surviving chart.
#}
with

merged_records as (

    select * from {{ ref('audit_merged_records') }}

    where entity != 'custom_field_values'

),

targets as (

    select record_key from {{ ref('audit_record_targets') }}

    union all

    select Clinic_Id__c as record_key from {{ ref('sf_account') }}

),

survivorless as (

    select
        merged_records.entity,
        merged_records.record_key

    from merged_records

    left join targets on merged_records.survivor_key = targets.record_key

    where targets.record_key is null

)

select * from survivorless
