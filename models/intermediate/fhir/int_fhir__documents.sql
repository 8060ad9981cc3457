{# Files in the clinic contract's columns: scans, letters, and notes that are no text. #}
with

documents_read as (

    select * from {{ ref('int_fhir__documents_read') }}
    where not is_note

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'DocumentReference'

),

shaped as (

    select
        case
            when documents_read.raw_table = 'diagnostic_report'
                then {{ clinic_key(
                    'documents_read.source_system', 'report_form', 'documents_read.document_id'
                ) }}
            else {{ clinic_key(
                'documents_read.source_system', 'document', 'documents_read.document_id'
            ) }}
        end as document_key,
        documents_read.source_system,
        documents_read.document_id as source_id,
        {{ clinic_key('documents_read.source_system', 'patient', 'documents_read.patient_id') }}
            as patient_key,
        {{ clinic_key(
            'documents_read.source_system', 'provider', 'documents_read.practitioner_id'
        ) }} as author_provider_key,
        documents_read.document_type,
        coalesce(documents_read.title, documents_read.description) as title,
        documents_read.description,
        documents_read.title as file_name,
        documents_read.content_type,
        documents_read.content_base64,
        documents_read.stated_size,
        documents_read.stated_hash,
        documents_read.status_code,
        documents_read.content_base64 is not null as has_content,
        documents_read.is_not_fetched,
        documents_read.authored_at,
        coalesce(extensions.created_at, documents_read.authored_at) as created_at,
        documents_read.modified_at
    from documents_read
    left join extensions
        on
            documents_read.source_system = extensions.source_system
            and documents_read.raw_table = 'document_reference'
            and documents_read.raw_id = extensions.resource_id

)

select * from shaped
