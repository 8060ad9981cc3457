-- The few nodes of each document that matter anywhere: references, and texts that are odd.
insert into mark
select
    landed.system,
    $table_name as table_name,
    landed.id,
    nodes.id as position,
    regexp_replace(nodes.fullkey[3:], '\[[0-9]+\]', '[]', 'g') as path,
    nodes.key = 'reference' as is_reference,
    case
        when nodes.key in ('data', 'reference') then null
        when nodes.fullkey = '$.status' and nodes.atom = '"entered-in-error"'
            then 'entered_in_error'
        when nodes.atom = '"#N/A"' then 'text_equal_to_na'
        when length(nodes.atom) > 32770 then 'text_over_long'
        when
            regexp_matches(nodes.atom, '^"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.Z+-]*)?"$')
            and try_cast(nodes.atom[2:11] as date) is null
            then 'date_impossible'
        when regexp_matches(nodes.atom, '\x{FFFD}|[ÃÂ][\x{80}-\x{BF}]|â€') then 'encoding_damage'
    end as finding,
    case when nodes.key = 'reference' then json_extract_string(nodes.atom, '$') end as reference
from {relation} as landed, json_tree(landed.doc) as nodes
where
    json_valid(landed.doc)
    and nodes.type = 'VARCHAR'
    and (
        nodes.key = 'reference'
        or nodes.atom in ('"#N/A"', '"entered-in-error"')
        or (length(nodes.atom) > 32770 and nodes.key != 'data')
        or (nodes.atom like '"____-__-__%' and try_cast(nodes.atom[2:11] as date) is null)
        or (
            not regexp_full_match(nodes.atom, '[\x00-\x7F]*')
            and regexp_matches(nodes.atom, '\x{FFFD}|[ÃÂ][\x{80}-\x{BF}]|â€')
        )
    );
