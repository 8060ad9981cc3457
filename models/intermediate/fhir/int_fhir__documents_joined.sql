{#
    Each file or text of a DocumentReference or a DiagnosticReport with its author, its bytes
    (inline or from the Binary it points to) and how the source files it. A DocumentReference
    without any stands here all the same.
#}
with

document_references as (

    select * from {{ ref('stg_fhir__document_references') }}

),

diagnostic_reports as (

    select * from {{ ref('stg_fhir__diagnostic_reports') }}

),

attachments as (

    select * from {{ ref('stg_fhir__attachments') }}

),

binaries as (

    select * from {{ ref('stg_fhir__binaries') }}

),

note_categories as (

    select
        source_system,
        document_reference_id
    from {{ ref('stg_fhir__document_references__categories') }}
    where category_code = 'clinical-note' or second_category_code = 'clinical-note'
    group by source_system, document_reference_id

),

special_tags as (

    select
        source_system,
        document_reference_id
    from {{ ref('stg_fhir__document_references__tags') }}
    where tag_code = 'psychotherapy'
    group by source_system, document_reference_id

),

references_resolved as (

    select * from {{ ref('int_fhir__practitioner_references_resolved') }}

),

described as (

    select
        document_references.source_system,
        'document_reference' as raw_table,
        document_references.document_reference_id as raw_id,
        document_references.patient_id,
        references_resolved.practitioner_id,
        document_references.document_type,
        document_references.description,
        document_references.authored_at_text,
        document_references.authored_at,
        document_references.modified_at,
        case
            when document_references.status_code in ('entered-in-error', 'superseded')
                then document_references.status_code
            else coalesce(document_references.document_status_code, document_references.status_code)
        end as status_code,
        note_categories.document_reference_id is not null as is_filed_as_note,
        special_tags.document_reference_id is not null as is_special_class
    from document_references
    left join note_categories
        on
            document_references.source_system = note_categories.source_system
            and document_references.document_reference_id = note_categories.document_reference_id
    left join special_tags
        on
            document_references.source_system = special_tags.source_system
            and document_references.document_reference_id = special_tags.document_reference_id
    left join references_resolved
        on
            document_references.source_system = references_resolved.source_system
            and document_references.author_reference = references_resolved.reference

    union all

    select
        source_system,
        'diagnostic_report' as raw_table,
        diagnostic_report_id as raw_id,
        patient_id,
        cast(null as varchar) as practitioner_id,
        report_type as document_type,
        cast(null as varchar) as description,
        issued_at_text as authored_at_text,
        issued_at as authored_at,
        modified_at,
        status_code,
        false as is_filed_as_note,
        false as is_special_class
    from diagnostic_reports

),

joined as (

    select
        described.source_system,
        described.raw_table,
        described.raw_id,
        coalesce(attachments.document_id, described.raw_id) as document_id,
        described.patient_id,
        described.practitioner_id,
        described.document_type,
        attachments.title,
        described.description,
        attachments.stated_hash,
        attachments.stated_size,
        described.authored_at_text,
        described.authored_at,
        described.modified_at,
        coalesce(attachments.content_type, binaries.content_type) as content_type,
        coalesce(attachments.content_base64, binaries.content_base64) as content_base64,
        {# The bytes are somewhere else: refused, on another server, or never sent. #}
        attachments.content_url is not null
        and attachments.content_base64 is null
        and binaries.binary_id is null as is_not_fetched,
        described.status_code,
        described.is_filed_as_note,
        described.is_special_class
    from described
    left join attachments
        on
            described.source_system = attachments.source_system
            and described.raw_table = attachments.raw_table
            and described.raw_id = attachments.raw_id
    left join binaries
        on
            attachments.source_system = binaries.source_system
            and attachments.binary_id = binaries.binary_id
    where described.raw_table = 'document_reference' or attachments.raw_id is not null

)

select * from joined
