{#
    The clinic's sales territories, where it lists some. The prefix tells territories of ours from
    those that the org has already: no field can hold our key.
#}
with

territories as (

    select * from {{ ref('org_territories') }}

),

territories2 as (

    select

        ---------- ids
        'Clinic_' || territory as DeveloperName,
        territory_model as Territory2ModelId,
        territory_type as Territory2TypeId,
        {{ territory_key('reports_to', 'territory_model') }} as ParentTerritory2Id,

        ---------- strings
        label as Name

    from territories

)

select * from territories2
