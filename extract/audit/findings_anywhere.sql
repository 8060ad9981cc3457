-- What can be wrong with any record: broken references, texts that no tool takes, custom fields.
with

orphans as (

    select distinct
        system,
        table_name,
        id,
        case target_type
            when 'Claim' then 'orphan_claim'
            when 'Coverage' then 'orphan_coverage'
            when 'RelatedPerson' then 'orphan_guarantor'
            when 'Location' then 'orphan_location'
            when 'Patient' then 'orphan_patient'
            when 'Organization' then 'orphan_payer'
            when 'Practitioner' then 'orphan_provider'
            else 'orphan_other'
        end as finding
    from reference
    where is_orphan

),

custom_values as (

    select
        *,
        max(kind_rows) over (partition by system, table_name, name) as most_rows
    from (
        select *, count(*) over (partition by system, table_name, name, kind) as kind_rows
        from custom_field
        where is_custom
    )

),

-- A field whose values are typed, but for a few that came as plain text.
not_castable as (

    select distinct system, table_name, id, 'custom_field_not_castable' as finding
    from custom_values
    where kind = 'valueString' and kind_rows < most_rows

),

not_declared as (

    select distinct system, table_name, id, 'custom_field_not_declared' as finding
    from custom_field
    where is_custom and is_mapped = false

)

select * from orphans
union all
select * from not_castable
union all
select * from not_declared
union all
select distinct system, table_name, id, finding from odd_text
