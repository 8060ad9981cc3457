{#
    Texts that are longer than the long text field they belong to: the field has the beginning, and
    a File has all of it.
#}
with

texts as (

    {{ union_of_long_texts() }}

),

settled as (

    select * from {{ ref('int_patient_records_settled') }}

    where excluded_reason is null

),

filed as (

    select
        {{ derived_key('texts.record_key', "' || texts.file_kind || '") }} as file_key,
        texts.record_key as linked_key,
        texts.source_system,
        texts.title,
        texts.long_text,
        settled.owner_email

    from texts

    inner join settled
        on texts.entity = settled.entity and texts.record_key = settled.record_key

)

select * from filed
