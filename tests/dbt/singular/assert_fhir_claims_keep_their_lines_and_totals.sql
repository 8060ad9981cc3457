{#
    Claims and lines are those of the source, one for one, and the amounts are its amounts: no line
    is invented to make a total come out, and none is lost to a join.
#}
with

staged_claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

staged_items as (

    select * from {{ ref('stg_fhir__claims__items') }}

),

claims as (

    select * from {{ ref('int_fhir__claims') }}

),

claim_lines as (

    select * from {{ ref('int_fhir__claim_lines') }}

),

counted as (

    select
        'claims, as staged' as place,
        count(*) as row_count,
        sum(total_charge) as amount
    from staged_claims

    union all

    select
        'claims, as shaped' as place,
        count(*) as row_count,
        sum(total_charge) as amount
    from claims

    union all

    select
        'lines, as staged' as place,
        count(*) as row_count,
        sum(net) as amount
    from staged_items

    union all

    select
        'lines, as shaped' as place,
        count(*) as row_count,
        sum(net) as amount
    from claim_lines

),

pairs as (

    select
        split_part(place, ',', 1) as kind,
        min(row_count) as fewest,
        max(row_count) as most,
        min(amount) as least_amount,
        max(amount) as greatest_amount
    from counted
    group by split_part(place, ',', 1)

),

differences as (

    select * from pairs
    where fewest != most or least_amount != greatest_amount

)

select * from differences
