{# Clinical notes in the clinic contract's columns, each with its whole text. #}
with

documents_read as (

    select * from {{ ref('int_fhir__documents_read') }}
    where is_note

),

extensions as (

    select * from {{ ref('int_fhir__extensions_gathered') }}
    where resource_type = 'DocumentReference'

),

shaped as (

    select
        {{ clinic_key(
            'documents_read.source_system', 'clinical_note', 'documents_read.document_id'
        ) }} as clinical_note_key,
        documents_read.source_system,
        documents_read.document_id as source_id,
        {{ clinic_key('documents_read.source_system', 'patient', 'documents_read.patient_id') }}
            as patient_key,
        {{ clinic_key(
            'documents_read.source_system', 'provider', 'documents_read.practitioner_id'
        ) }} as author_provider_key,
        documents_read.document_type as note_type,
        coalesce(documents_read.description, documents_read.title) as title,
        documents_read.status_code,
        documents_read.body,
        documents_read.authored_at,
        documents_read.is_special_class,
        coalesce(extensions.created_at, documents_read.authored_at) as created_at,
        documents_read.modified_at
    from documents_read
    left join extensions
        on
            documents_read.source_system = extensions.source_system
            and documents_read.raw_id = extensions.resource_id

)

select * from shaped
