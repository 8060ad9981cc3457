{# Attachments in the clinic contract's columns, each with its file where that could be had. #}
with

attachments as (

    select * from {{ ref('stg_cliniko__attachments') }}

),

contents as (

    select * from {{ ref('stg_cliniko__attachment_contents') }}

),

practitioners as (

    select
        source_system,
        user_id,
        min_by(practitioner_id, try_cast(practitioner_id as bigint)) as practitioner_id
    from {{ ref('stg_cliniko__practitioners') }}
    where user_id is not null
    group by source_system, user_id

),

shaped as (

    select
        {{ clinic_key('attachments.source_system', 'document', 'attachments.attachment_id') }}
            as document_key,
        attachments.source_system,
        attachments.attachment_id as source_id,
        {{ clinic_key('attachments.source_system', 'patient', 'attachments.patient_id') }}
            as patient_key,
        {{ clinic_key('attachments.source_system', 'provider', 'practitioners.practitioner_id') }}
            as author_provider_key,
        'Attachment' as document_type,
        attachments.file_name as title,
        attachments.description,
        attachments.file_name,
        attachments.content_type,
        contents.content_base64,
        attachments.stated_size,
        cast(null as varchar) as stated_hash,
        'current' as status_code,
        contents.content_base64 is not null as has_content,
        contents.attachment_id is null as is_not_fetched,
        attachments.created_at as authored_at,
        attachments.created_at,
        attachments.modified_at
    from attachments
    left join contents
        on
            attachments.source_system = contents.source_system
            and attachments.attachment_id = contents.attachment_id
    left join practitioners
        on
            attachments.source_system = practitioners.source_system
            and attachments.user_id = practitioners.user_id

)

select * from shaped
