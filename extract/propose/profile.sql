-- How the columns of one table look. A value is counted once, with the rows that have it; nothing
-- of a value leaves this but its form, and words that many rows share.
create or replace temp table value_count as
select
    members.key as column_name,
    trim(json_extract_string(members.value, '$')) as value,
    count(*) as row_count
from {relation} as landed, json_each(landed.doc) as members
where landed.system = $system
group by all
having value != '';

create or replace temp table column_profile as
select
    column_name,
    cast(sum(row_count) as bigint) as filled,
    count(*) as distinct_values,
    min(length(value)) as shortest,
    max(length(value)) as longest,
    {shares}
    count(*) = sum(row_count) as is_unique,
    if(
        count(*) <= $most_words and min(row_count) >= $few_rows and max(length(value)) <= $longest_word,
        list_sort(list(value)),
        []
    ) as words
from value_count
group by column_name;
