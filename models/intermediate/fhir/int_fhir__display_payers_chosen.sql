{# Payers that are known by their display alone, each with the one record that stands for it. #}
with

mentions as (

    select * from {{ ref('int_fhir__payer_mentions') }}
    where is_display_only

),

ranked as (

    select
        payer_key,
        source_system,
        payer_display,
        raw_table,
        raw_id,
        row_number() over (
            partition by payer_key
            order by raw_table, raw_id, payer_display
        ) as preference
    from mentions

),

chosen as (

    select
        payer_key,
        source_system,
        payer_display,
        raw_table,
        raw_id
    from ranked
    where preference = 1

)

select * from chosen
