{#
    What was joined told apart: a note is of the category `clinical-note` and can be read as text; everything else is a file. A note
    whose bytes are no text (a scan, another encoding) is therefore a file: nothing is lost. So is one
    whose bytes were not fetched: nobody knows yet what they are.
#}
with

joined as (

    select * from {{ ref('int_fhir__documents_joined') }}

),

decoded as (

    select
        source_system,
        raw_table,
        raw_id,
        document_id,
        patient_id,
        practitioner_id,
        document_type,
        title,
        description,
        stated_hash,
        stated_size,
        authored_at_text,
        authored_at,
        modified_at,
        content_type,
        content_base64,
        is_not_fetched,
        status_code,
        is_filed_as_note,
        is_special_class,
        case
            when
                (is_filed_as_note or is_special_class)
                and coalesce(content_type, 'text/plain') like 'text/%'
                then {{ base64_text('content_base64') }}
        end as body
    from joined

),

told_apart as (

    select
        source_system,
        raw_table,
        raw_id,
        document_id,
        patient_id,
        practitioner_id,
        document_type,
        title,
        description,
        stated_hash,
        stated_size,
        authored_at_text,
        authored_at,
        modified_at,
        content_type,
        content_base64,
        is_not_fetched,
        status_code,
        is_special_class,
        body,
        {# A special-class note is withheld as a note: as a file it would slip through. #}
        is_special_class
        or (
            is_filed_as_note
            and (body is not null or (content_base64 is null and not is_not_fetched))
        ) as is_note
    from decoded

)

select * from told_apart
