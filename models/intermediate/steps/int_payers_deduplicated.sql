{#
    Payers that one system lists twice under the same payer id are one: the newest stays, ties by
    key. Payers without an id are never taken for one another, whatever they are called.
#}
with

payers as (

    select * from {{ ref('int_clinic__payers') }}

),

numbered as (

    select
        payer_key,
        source_system,
        first_value(payer_key) over (
            partition by source_system, coalesce(payer_id, payer_key), payer_id is null
            order by modified_at desc nulls last, payer_key asc
        ) as survivor_payer_key

    from payers

)

select * from numbered
