{# Each File is linked to the record that it belongs to: a person, a note or an activity. #}
with

files as (

    select * from {{ ref('int_files_united') }}

),

links as (

    select

        ---------- ids
        file_key as ContentDocumentId,
        linked_key as LinkedEntityId,

        ---------- strings
        'V' as ShareType,
        'AllUsers' as Visibility

    from files

)

select * from links
