-- Every extension of every record, one row each; values stay in here. A value is read as
-- stg_fhir__extensions reads it; what is no plain value is a structure, told as its JSON.
insert into custom_field
with

extensions as (

    select system, id, unnest(json_extract(doc, '$.extension[*]')) as extension
    from {relation}
    where json_valid(doc)

),

named as (

    select
        system,
        id,
        coalesce(json_extract_string(extension, '$.url'), '') as url,
        list_first(
            list_filter(
                json_keys(extension), lambda key: key like 'value%' or key = 'extension'
            )
        ) as kind,
        extension
    from extensions

),

told as (

    select
        *,
        split_part(url, '/', -1) as name,
        nullif(trim(coalesce(
            case
                when kind in ('valueMoney', 'valueQuantity')
                    then json_extract_string(extension, '$.' || kind || '.value')
                when kind = 'valueReference'
                    then json_extract_string(extension, '$.valueReference.reference')
                when kind = 'valueCodeableConcept'
                    then coalesce(
                        json_extract_string(extension, '$.valueCodeableConcept.text'),
                        json_extract_string(extension, '$.valueCodeableConcept.coding[0].code')
                    )
                when kind = 'valueCoding'
                    then json_extract_string(extension, '$.valueCoding.code')
            end,
            json_extract_string(extension, '$.' || kind)
        )), '') as value,
        coalesce(
            json_extract_string(extension, '$.valueMoney.currency'),
            json_extract_string(extension, '$.valueQuantity.unit'),
            json_extract_string(extension, '$.valueQuantity.code')
        ) as unit
    from named
    where kind is not null

)

select
    system,
    $table_name as table_name,
    id,
    url,
    name,
    kind,
    value,
    unit,
    contains(url, '/custom/') or not (
        regexp_matches(url, '^https?://(terminology[.])?hl7[.]org/')
        or list_contains((select codes from known where element = 'understood_extension'), name)
    ) as is_custom,
    case
        when len($mapped) > 0 then list_contains($mapped, $table_name || '/' || name)
    end as is_mapped
from told
where value is not null;
