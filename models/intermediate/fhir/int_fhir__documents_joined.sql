{#
    DocumentReferences with their author, their bytes (inline or from the Binary they point to) and how
    the source files them.
#}
with

document_references as (

    select * from {{ ref('stg_fhir__document_references') }}

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

joined as (

    select
        document_references.source_system,
        document_references.document_reference_id,
        document_references.patient_id,
        references_resolved.practitioner_id,
        document_references.document_type,
        document_references.title,
        document_references.description,
        document_references.stated_hash,
        document_references.stated_size,
        document_references.authored_at_text,
        document_references.authored_at,
        document_references.modified_at,
        coalesce(document_references.content_type, binaries.content_type) as content_type,
        coalesce(document_references.content_base64, binaries.content_base64) as content_base64,
        {# The bytes are somewhere else: refused, on another server, or never sent. #}
        document_references.content_url is not null
        and document_references.content_base64 is null
        and binaries.binary_id is null as is_not_fetched,
        case
            when document_references.status_code in ('entered-in-error', 'superseded')
                then document_references.status_code
            else coalesce(document_references.document_status_code, document_references.status_code)
        end as status_code,
        note_categories.document_reference_id is not null as is_filed_as_note,
        special_tags.document_reference_id is not null as is_special_class
    from document_references
    left join binaries
        on
            document_references.source_system = binaries.source_system
            and {{ fhir_reference_id('document_references.content_url', 'Binary') }}
            = binaries.binary_id
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

)

select * from joined
