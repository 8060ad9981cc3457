{# To the cent: what the lines of loaded claims charge is what the marts charge. #}
with

claim_lines as (

    select * from {{ ref('int_clinic__claim_lines') }}

),

settled as (

    select * from {{ ref('int_claim_lines_settled') }}

    where excluded_reason is null

),

line_items as (

    select * from {{ ref('sf_opportunity_line_item') }}

),

charged as (

    select coalesce(sum(claim_lines.net), 0) as total

    from claim_lines

    inner join settled on claim_lines.claim_line_key = settled.record_key

    where claim_lines.net is not null

),

loaded as (

    select coalesce(sum(line_items.TotalPrice), 0) as total

    from line_items

    inner join claim_lines on line_items.Clinic_Id__c = claim_lines.claim_line_key

    where claim_lines.net is not null

),

differing as (

    select charged.total

    from charged

    cross join loaded

    where charged.total != loaded.total

)

select * from differing
