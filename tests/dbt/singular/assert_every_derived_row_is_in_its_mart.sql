{#
    What is no record of the source, but follows from one, is in its mart too: households, follow-up
    Tasks, Files and their links, standard prices.
#}
with

expected as (

    select
        'Account' as sobject,
        household_key as row_key

    from {{ ref('int_households_described') }}

    union all

    select
        'Task' as sobject,
        task_key as row_key

    from {{ ref('int_tasks_of_no_shows') }}

    union all

    select
        'Task' as sobject,
        task_key as row_key

    from {{ ref('int_tasks_of_recalls') }}

    union all

    select
        'ContentVersion' as sobject,
        file_key as row_key

    from {{ ref('int_files_united') }}

    union all

    select
        'ContentDocumentLink' as sobject,
        file_key as row_key

    from {{ ref('int_files_united') }}

    union all

    select
        'PricebookEntry' as sobject,
        Clinic_Id__c as row_key

    from {{ ref('sf_product2') }}

    union all

    select
        'AccountContactRelation' as sobject,
        household_key || '|' || contact_patient_key as row_key

    from {{ ref('int_household_relations_gathered') }}

),

found as (

    {{ union_of_mart_keys() }}

    union all

    select
        'ContentDocumentLink' as sobject,
        ContentDocumentId as record_key,
        ContentDocumentId as clinic_id

    from {{ ref('sf_content_document_link') }}

    union all

    select
        'PricebookEntry' as sobject,
        Product2Id as record_key,
        Product2Id as clinic_id

    from {{ ref('sf_pricebook_entry') }}

),

missing as (

    select
        expected.sobject,
        expected.row_key

    from expected

    left join found
        on expected.sobject = found.sobject and expected.row_key = found.clinic_id

    where found.clinic_id is null

)

select * from missing
