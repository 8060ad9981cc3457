{#
    A resource's custom fields as one JSON object: name to value as text, in the order of the names;
    a name that comes more than once (multi-select) has an array, in the source's order.
#}
with

extensions as (

    select * from {{ ref('stg_fhir__extensions') }}
    where is_custom_field and extension_value is not null

),

gathered_by_name as (

    select
        source_system,
        resource_type,
        resource_id,
        extension_name,
        count(*) as values_given,
        string_agg({{ json_string('extension_value') }}, ',' order by ordinal) as value_list
    from extensions
    group by source_system, resource_type, resource_id, extension_name

),

collected as (

    select
        source_system,
        resource_type,
        resource_id,
        '{' || string_agg(
            {{ json_string('extension_name') }}
            || ':'
            || case when values_given = 1 then value_list else '[' || value_list || ']' end,
            ',' order by extension_name
        ) || '}' as custom_fields
    from gathered_by_name
    group by source_system, resource_type, resource_id

)

select * from collected
