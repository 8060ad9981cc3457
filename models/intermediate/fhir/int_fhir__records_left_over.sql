{#
    Raw records that feed no entity: `supporting` where another record needs them, else `unused` with
    the reason of their type.
#}
with

left_over as (

    {{ records_left_over('fhir') }}

)

select * from left_over
