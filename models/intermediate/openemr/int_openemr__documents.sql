{#
    Documents in the clinic contract's columns: files from the server's disk, or what the database
    holds itself, as base64 already or as text. What OpenEMR keeps encrypted is told as unused.
#}
with

documents as (

    select * from {{ ref('stg_openemr__documents') }}
    where not coalesce(is_encrypted, false)

),

files as (

    select * from {{ ref('stg_openemr__document_files') }}

),

folders as (

    select * from {{ ref('stg_openemr__document_categories') }}

),

contents as (

    select * from {{ ref('stg_openemr__categories_of_documents') }}

),

categories as (

    select
        contents.source_system,
        contents.document_id,
        min(folders.category_name) as category_name
    from contents
    inner join folders
        on
            contents.source_system = folders.source_system
            and contents.category_id = folders.category_id
    group by contents.source_system, contents.document_id

),

clinics as (

    select * from {{ ref('int_openemr__clinics') }}

),

read as (

    select
        documents.source_system,
        documents.document_id,
        coalesce(
            files.content_base64,
            case
                when documents.content_text is null then null
                when
                    documents.content_type not like 'text/%'
                    and {{ base64_text('documents.content_text') }} is not null
                    then documents.content_text
                else {{ base64_of_text('documents.content_text') }}
            end
        ) as content_base64,
        documents.url is not null
        and documents.content_text is null
        and files.document_id is null as is_not_fetched
    from documents
    left join files
        on
            documents.source_system = files.source_system
            and documents.document_id = files.document_id

),

shaped as (

    select
        {{ clinic_key('documents.source_system', 'document', 'documents.document_id') }}
            as document_key,
        documents.source_system,
        documents.document_id as source_id,
        {{ clinic_key('documents.source_system', 'patient', 'documents.patient_id') }}
            as patient_key,
        {{ clinic_key('documents.source_system', 'provider', 'documents.owner_user_id') }}
            as author_provider_key,
        categories.category_name as document_type,
        documents.document_name as title,
        cast(null as varchar) as description,
        coalesce(documents.document_name, regexp_extract(documents.url, '[^/]+$')) as file_name,
        documents.content_type,
        read.content_base64,
        documents.stated_size,
        cast(null as varchar) as stated_hash,
        case when documents.is_deleted then 'entered-in-error' else 'current' end as status_code,
        read.content_base64 is not null as has_content,
        read.is_not_fetched,
        {{ utc_from_local(
            'coalesce(cast(documents.document_date as timestamp), documents.stored_at_local)',
            'clinics.time_zone'
        ) }} as authored_at,
        {{ utc_from_local('documents.stored_at_local', 'clinics.time_zone') }} as created_at,
        documents.revised_at as modified_at
    from documents
    inner join read
        on
            documents.source_system = read.source_system
            and documents.document_id = read.document_id
    inner join clinics on documents.source_system = clinics.source_system
    left join categories
        on
            documents.source_system = categories.source_system
            and documents.document_id = categories.document_id

)

select * from shaped
