{#
    The bytes of a document, or of a text that no field holds. The name in `PathOnClient` carries the
    extension, by which Salesforce knows a file's type.
#}
with

files as (

    select * from {{ ref('int_files_united') }}

),

extensions as (

    select * from {{ ref('content_type_extensions') }}

),

providers as (

    select * from {{ ref('int_providers_matched_to_owners') }}

),

statuses as (

    select * from {{ ref('int_codes_mapped') }}

    where concept = 'note_status'

),

pathed as (

    select
        files.file_key,
        case
            when {{ text_matches('files.file_name', '(?s).*[.][A-Za-z0-9]{1,10}') }}
                then regexp_replace(files.file_name, '[\\/:*?"<>|\x00-\x1f]', '_', 'g')
            else
                regexp_replace(files.file_name, '[\\/:*?"<>|\x00-\x1f]', '_', 'g')
                || '.' || coalesce(extensions.extension, 'bin')
        end as file_path,
        coalesce(extensions.extension, 'bin') as extension

    from files

    left join extensions on files.content_type = extensions.content_type

),

versions as (

    select

        ---------- ids
        files.file_key as Clinic_Id__c,
        coalesce(providers.owner_email, files.owner_email) as OwnerId,

        ---------- strings
        case
            when {{ is_reserved_text('files.title') }} then 'Document'
            else {{ text_that_fits('files.title', 255) }}
        end as Title,
        case
            when {{ utf16_length('pathed.file_path') }} <= 500 then pathed.file_path
            else 'document.' || pathed.extension
        end as PathOnClient,
        files.content_base64 as VersionData,
        {{ text_if_it_fits('files.description', 1000) }} as Description,
        {{ text_if_it_fits('files.document_type', 255) }} as Document_Type__c,
        {{ text_if_it_fits('files.content_type', 255) }} as Content_Type__c,
        statuses.salesforce_value as Source_Status__c,
        {{ text_if_it_fits('files.status_code', 255) }} as Status_Source_Code__c,
        {{ overflowing_text({
            'Title': ['files.title', 255],
            'File Name': ['files.file_name', 480],
            'Description': ['files.description', 1000],
            'Document Type': ['files.document_type', 255],
            'Content Type': ['files.content_type', 255],
            'Status': ['files.status_code', 255],
        }) }} as Overflow_Text__c,

        ---------- timestamps
        files.authored_at as Authored_Date__c,
        files.created_at as Source_Created_At__c,
        cast(null as timestamp) as Source_Deleted_At__c,
        files.modified_at as Source_Modified_At__c

    from files

    inner join pathed on files.file_key = pathed.file_key

    left join providers on files.author_provider_key = providers.provider_key

    left join statuses
        on
            files.source_system = statuses.source_system
            and files.status_code = statuses.source_value

)

select * from versions
