{#
    Lines of claims. A line is known by its sequence; one without a sequence, or with one that an
    earlier line has taken, by its place in the claim (`at_<place>`). Missing prices stay null.
#}
with

claims as (

    select * from {{ ref('stg_fhir__claims') }}

),

items as (

    select * from {{ ref('stg_fhir__claims__items') }}

),

counted as (

    select
        source_system,
        claim_id,
        ordinal,
        line_number,
        code_system,
        code,
        code_description,
        modifiers,
        service_date,
        quantity,
        unit_price,
        net,
        location_id,
        row_number() over (
            partition by source_system, claim_id, line_number
            order by ordinal
        ) as repetition
    from items

),

numbered as (

    select
        counted.source_system,
        counted.claim_id,
        case
            when counted.line_number is null or counted.repetition > 1
                then 'at_' || counted.ordinal
            else cast(counted.line_number as varchar)
        end as line_id,
        coalesce(counted.line_number, counted.ordinal) as line_number,
        counted.code_system,
        counted.code,
        counted.code_description,
        counted.modifiers,
        coalesce(counted.service_date, claims.service_start_date) as service_date,
        counted.quantity,
        counted.unit_price,
        counted.net,
        counted.location_id,
        claims.created_at,
        claims.modified_at
    from counted
    inner join claims
        on
            counted.source_system = claims.source_system
            and counted.claim_id = claims.claim_id

),

shaped as (

    select
        {{ clinic_key('source_system', 'claim_line', ['claim_id', 'line_id']) }} as claim_line_key,
        source_system,
        claim_id || '/' || line_id as source_id,
        {{ clinic_key('source_system', 'claim', 'claim_id') }} as claim_key,
        cast(line_number as bigint) as line_number,
        {{ fhir_procedure_code_key('source_system', 'code_system', 'code', 'code_description') }}
            as procedure_code_key,
        code_system,
        coalesce(code, code_description) as code,
        code_description,
        modifiers,
        service_date,
        quantity,
        unit_price,
        net,
        {{ clinic_key('source_system', 'location', 'location_id') }} as location_key,
        created_at,
        modified_at
    from numbered

)

select * from shaped
