{#
    One row per chart and column with anything in it, by the column's own name: among them are those
    that the clinic has added. A blank or a zero date says nothing, as everywhere in staging.
#}
with

source as (

    select * from {{ source('raw_openemr', 'patient_data') }}

),

exploded as (

    {{ explode_json_object('source', ['system', 'id'], 'doc') }}

),

renamed as (

    select
        system as source_system,
        id as patient_id,
        key as field_name,
        trim(value) as field_value
    from exploded
    where trim(value) not in ('', '0000-00-00', '0000-00-00 00:00:00')

)

select * from renamed
