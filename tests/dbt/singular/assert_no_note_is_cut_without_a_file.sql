{# A note whose field does not hold the whole has a File that does, or its companion field. #}
with

notes as (

    select * from {{ ref('int_notes_united') }}

),

files as (

    select * from {{ ref('int_files_united') }}

),

marts as (

    select * from {{ ref('sf_clinical_note') }}

),

cut as (

    select notes.note_key

    from notes

    inner join marts on notes.note_key = marts.Clinic_Id__c

    left join files on notes.note_key = files.linked_key

    where
        notes.body is distinct from marts.Body__c
        and files.file_key is null
        and marts.Overflow_Text__c is null

)

select * from cut
