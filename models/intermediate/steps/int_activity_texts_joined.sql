{#
    The whole text of an appointment or a communication. A Description holds 32,000 characters; a
    longer one has its beginning there and all of it in a File.
#}
with

texts as (

    select
        'appointments' as entity,
        appointment_key as record_key,
        nullif(concat_ws(
            chr(10) || chr(10),
            'Reason: ' || reason,
            description,
            comment
        ), '') as full_text

    from {{ ref('int_clinic__appointments') }}

    union all

    select
        'communications' as entity,
        communication_key as record_key,
        nullif(concat_ws(chr(10) || chr(10), topic, body), '') as full_text

    from {{ ref('int_clinic__communications') }}

),

settled as (

    select * from {{ ref('int_patient_records_settled') }}

    where excluded_reason is null

),

joined as (

    select
        texts.entity,
        texts.record_key,
        texts.full_text,
        {{ text_that_fits('texts.full_text', 32000) }} as fitting_text

    from texts

    inner join settled
        on texts.entity = settled.entity and texts.record_key = settled.record_key

)

select * from joined
