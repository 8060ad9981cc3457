{#
    Every custom-field value that a record carries, one row per record and field: what the closing
    table counts. The clinic contract has custom fields on five entities; a value anywhere else is
    told here with its reason instead of vanishing.
#}
with

extensions as (

    select * from {{ ref('stg_fhir__extensions') }}
    where is_custom_field and extension_value is not null

),

gathered as (

    select
        source_system,
        resource_type,
        resource_id,
        extension_name as field_name,
        string_agg(extension_value, ', ' order by ordinal) as field_value
    from extensions
    group by source_system, resource_type, resource_id, extension_name

),

named as (

    select
        source_system,
        resource_type,
        resource_id,
        field_name,
        field_value,
        case resource_type
            when 'Patient' then 'patient'
            when 'Appointment' then 'appointment'
            when 'Claim' then 'claim'
            when 'Practitioner' then 'provider'
            when 'Location' then 'location'
        end as record_type
    from gathered

),

declined_fields as (

    select * from {{ ref('declined_custom_fields') }}

),

keyed as (

    select
        named.source_system,
        named.resource_type,
        named.resource_id,
        named.field_name,
        named.field_value,
        named.record_type,
        named.source_system
        || ':custom_field_value:'
        || coalesce(named.record_type, named.resource_type)
        || '/'
        || {{ clinic_key_part('named.resource_id') }}
        || '/'
        || {{ clinic_key_part('named.field_name') }} as custom_field_value_key,
        case
            when named.record_type is not null then null
            when declined_fields.reason is not null then 'custom_field_declined'
            else 'custom_field_not_mapped'
        end as excluded_reason
    from named
    left join declined_fields
        on
            named.resource_type = declined_fields.entity
            and named.field_name = declined_fields.field_name

)

select * from keyed
