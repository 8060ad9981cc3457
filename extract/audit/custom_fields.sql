-- Every extension of every record, one row each; values stay in here.
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
        json_extract_string(extension, '$.url') as url,
        list_first(list_filter(json_keys(extension), lambda key: key like 'value%')) as kind,
        extension
    from extensions

)

select
    system,
    $table_name as table_name,
    id,
    url,
    split_part(url, '/', -1) as name,
    kind,
    coalesce(
        json_extract_string(extension, '$.' || kind || '.code'),
        json_extract_string(extension, '$.' || kind)
    ) as value,
    not (
        regexp_matches(url, '^https?://(hl7[.]org|terminology[.]hl7[.]org)/')
        or list_contains(
            (select codes from known where element = 'understood_extension'),
            split_part(url, '/', -1)
        )
    ) as is_custom,
    case
        when len($mapped) > 0 then list_contains($mapped, split_part(url, '/', -1))
    end as is_mapped
from named
where url is not null and kind is not null;
