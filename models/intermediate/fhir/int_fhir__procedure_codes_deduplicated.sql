{#
    Every code that a claim's line or a prepaid item names, once, with the record that stands for
    it. Sources describe one code in several ways: the description that most lines use counts,
    among equals the first by alphabet.
#}
with

items as (

    select * from {{ ref('stg_fhir__claims__items') }}

),

charge_items as (

    select * from {{ ref('int_fhir__prepaid_charge_items') }}

),

named as (

    select
        source_system,
        'claim' as raw_table,
        claim_id as raw_id,
        code_system,
        coalesce(code, code_description) as code,
        code_description,
        {{ fhir_procedure_code_key('source_system', 'code_system', 'code', 'code_description') }}
            as procedure_code_key
    from items

    union all

    select
        source_system,
        'charge_item' as raw_table,
        charge_item_id as raw_id,
        code_system,
        coalesce(code, code_description) as code,
        code_description,
        {{ fhir_procedure_code_key('source_system', 'code_system', 'code', 'code_description') }}
            as procedure_code_key
    from charge_items

),

described as (

    select
        procedure_code_key,
        source_system,
        code_system,
        code,
        code_description,
        count(*) as mentions,
        {# The record that stands for the code in int_fhir__source_records. #}
        max(raw_table) as raw_table,
        min_by(raw_id, case raw_table when 'claim' then '0' else '1' end || raw_id) as raw_id
    from named
    where procedure_code_key is not null
    group by procedure_code_key, source_system, code_system, code, code_description

),

ranked as (

    select
        procedure_code_key,
        source_system,
        code_system,
        code,
        code_description,
        raw_table,
        raw_id,
        row_number() over (
            partition by procedure_code_key
            order by
                code_description is null asc, mentions desc, code_description asc, code asc
        ) as preference
    from described

),

chosen as (

    select
        procedure_code_key,
        source_system,
        code_system,
        code,
        code_description,
        raw_table,
        raw_id
    from ranked
    where preference = 1

)

select * from chosen
