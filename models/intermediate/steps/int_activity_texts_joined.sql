{#
    The whole text of an appointment or a communication. A Description holds 32,000 characters; a
    longer one has its beginning there and all of it in a File. A text that is `#N/A` and nothing else
    would empty the field, and is sent with a word before it.
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

told as (

    select
        entity,
        record_key,
        case
            when {{ is_reserved_text('full_text') }} then 'Text: ' || full_text
            else full_text
        end as full_text

    from texts

),

joined as (

    select
        told.entity,
        told.record_key,
        told.full_text,
        {{ text_that_fits('told.full_text', 32000) }} as fitting_text

    from told

    inner join settled
        on told.entity = settled.entity and told.record_key = settled.record_key

)

select * from joined
