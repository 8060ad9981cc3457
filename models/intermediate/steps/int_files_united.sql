{#
    Everything that becomes a File, and what each is linked to: documents, notes that are longer
    than their field, forms, and texts of activities that are longer than a Description.
#}
with

documents as (

    select * from {{ ref('int_clinic__documents') }}

),

settled as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity = 'documents' and excluded_reason is null

),

notes as (

    select * from {{ ref('int_notes_united') }}

),

activity_texts as (

    select * from {{ ref('int_activity_texts_joined') }}

    where full_text != fitting_text

),

activity_owners as (

    select * from {{ ref('int_patient_records_settled') }}

    where entity in ('appointments', 'communications')

),

long_texts as (

    select * from {{ ref('int_long_texts_filed') }}

),

united as (

    select
        documents.document_key as file_key,
        settled.patient_key as linked_key,
        documents.author_provider_key,
        settled.owner_email,
        coalesce(
            documents.title, documents.file_name, documents.document_type, 'Document'
        ) as title,
        coalesce(documents.file_name, documents.title, 'document') as file_name,
        documents.content_type,
        documents.content_base64,
        documents.description,
        documents.document_type,
        documents.status_code,
        documents.source_system,
        documents.authored_at,
        documents.created_at,
        documents.modified_at

    from documents

    inner join settled on documents.document_key = settled.record_key

    union all

    select
        {{ derived_key('note_key', 'note_file') }} as file_key,
        note_key as linked_key,
        author_provider_key,
        owner_email,
        coalesce(title, note_type, 'Clinical note') as title,
        'note.txt' as file_name,
        'text/plain' as content_type,
        {{ base64_of_text('body') }} as content_base64,
        'The whole of a note that is longer than its field.' as description,
        'Clinical note' as document_type,
        cast(null as string) as status_code,
        source_system,
        authored_at,
        created_at,
        modified_at

    from notes

    where note_kind = 'clinical_note' and is_overflowing

    union all

    select
        {{ derived_key('note_key', 'intake_form_file') }} as file_key,
        note_key as linked_key,
        author_provider_key,
        owner_email,
        coalesce(title, 'Intake form') as title,
        case when content_json is null then 'form.txt' else 'form.json' end as file_name,
        case when content_json is null then 'text/plain' else 'application/json' end
            as content_type,
        {{ base64_of_text('coalesce(content_json, body)') }} as content_base64,
        'Every answer as it was given.' as description,
        'Intake form' as document_type,
        cast(null as string) as status_code,
        source_system,
        authored_at,
        created_at,
        modified_at

    from notes

    where note_kind = 'intake_form'

    union all

    select
        {{ derived_key('activity_texts.record_key', "' || activity_texts.entity || '_file") }}
            as file_key,
        activity_texts.record_key as linked_key,
        cast(null as string) as author_provider_key,
        activity_owners.owner_email,
        'Full text' as title,
        'text.txt' as file_name,
        'text/plain' as content_type,
        {{ base64_of_text('activity_texts.full_text') }} as content_base64,
        'The whole of a text that is longer than its Description.' as description,
        'Activity text' as document_type,
        cast(null as string) as status_code,
        split_part(activity_texts.record_key, ':', 1) as source_system,
        cast(null as timestamp) as authored_at,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as modified_at

    from activity_texts

    inner join activity_owners
        on
            activity_texts.entity = activity_owners.entity
            and activity_texts.record_key = activity_owners.record_key

    union all

    select
        file_key,
        linked_key,
        cast(null as string) as author_provider_key,
        owner_email,
        title,
        'text.txt' as file_name,
        'text/plain' as content_type,
        {{ base64_of_text('long_text') }} as content_base64,
        'The whole of a text that is longer than its field.' as description,
        'Long text' as document_type,
        cast(null as string) as status_code,
        source_system,
        cast(null as timestamp) as authored_at,
        cast(null as timestamp) as created_at,
        cast(null as timestamp) as modified_at

    from long_texts

)

select * from united
