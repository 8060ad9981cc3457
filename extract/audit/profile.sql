-- One table's leaves: no value is kept, but those of paths that are listed as open.
create or replace temp table leaf as
with

leaves as (

    select
        landed.rowid as record,
        regexp_replace(nodes.fullkey[3:], '\[[0-9]+\]', '[]', 'g') as path,
        nodes.type,
        json_extract_string(nodes.atom, '$') as value
    from {relation} as landed, json_tree(landed.doc) as nodes
    where json_valid(landed.doc) and nodes.type not in ('OBJECT', 'ARRAY')

),

shaped as (

    select
        record,
        path,
        type,
        hash(value) as fingerprint,
        length(value) as length,
        regexp_matches(path, $open_paths) as is_open,
        case
            when regexp_matches(path, $open_paths) then value[:60]
            when length(value) > 10000 then 'text of more than 10000 characters'
            when length(value) > 1000 then 'text of 1001 to 10000 characters'
            when length(value) > 100 then 'text of 101 to 1000 characters'
            when length(value) > 40 then 'text of 41 to 100 characters'
            else regexp_replace(
                translate(
                    case
                        when strlen(value) = length(value) then value
                        else regexp_replace(value, '[^ -~]+', 'x', 'g')
                    end,
                    'BCDEFGHIJKLMNOPQRSTUVWXYZbcdefghijklmnopqrstuvwxyz012345678',
                    'AAAAAAAAAAAAAAAAAAAAAAAAAaaaaaaaaaaaaaaaaaaaaaaaaa999999999'
                ),
                '(a)a+|(A)A+', '\1\2+', 'g'
            )
        end as shown
    from leaves

)

select * from shaped;
