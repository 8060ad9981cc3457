-- Judges the lines of one block: `settled` says of each what it is, `undecided` where a value
-- begins that is still open at the block's end.
create or replace temp macro delimiters(content) as
    strlen(content) - strlen(replace(content, :delimiter:, ''));

create or replace temp macro fields_outside(content) as
    delimiters(regexp_replace(content, :quoted_field:, '\1', 'g'));

create or replace temp table judged as
with

cut as (

    select
        number,
        text,
        -- The first half of a line's end, where that is CRLF.
        if(ends_with(text, chr(13)), text[:-2], text) as content
    from lines

),

shaped as (

    select
        *,
        contains(content, :quote:) as is_quoted,
        case
            when content is null then 'unreadable'
            when content = '' then 'blank'
            when not contains(content, :quote:)
                then if(contains(content, chr(13)), 'stray', 'whole')
            when regexp_full_match(content, :whole:) then 'whole'
            else 'odd'
        end as shape
    from cut

)

select
    *,
    case
        when shape = 'whole' and not is_quoted then delimiters(content) + 1
        when shape = 'whole' then fields_outside(content) + 1
    end as fields,
    shape = 'odd' and regexp_matches(content, :opens:) as opens
from shaped;

-- A value that spans lines begins at a line that opens, goes on over lines that leave it open,
-- and ends at the first line that cannot. Only then are all lines looked at from inside.
create or replace temp table inside as
with

seen as (

    select
        number,
        shape,
        fields,
        opens,
        content,
        ascii(content) between 48 and 57 as is_numbered,
        case
            when content is null then false
            when not is_quoted or regexp_matches(text, :goes_on:) then true
            else regexp_matches(content, :reopens:)
        end as stays,
        coalesce(is_quoted and regexp_matches(content, :closes:), false) as closes
    from judged
    where (from judged select bool_or(opens))

),

counted as (

    select
        *,
        case
            when opens then fields_outside(regexp_extract(content, :opens:, 1))
        end as fields_before,
        case
            when closes then fields_outside(regexp_extract(content, :closes:, 1))
            when stays then fields_outside(regexp_extract(content, :reopens:, 1))
            else 0
        end as fields_after,
        cast(shape = 'whole' and fields = :fields: as integer) as is_record
    from seen

)

select
    number,
    opens,
    closes,
    is_numbered,
    fields_before,
    sum(fields_after) over up_to_here as fields_so_far,
    sum(if(is_numbered, is_record, 0)) over up_to_here as numbered_so_far,
    sum(if(is_numbered, 0, is_record)) over up_to_here as others_so_far,
    min(if(stays, null, number)) over (
        order by number rows between 1 following and unbounded following
    ) as next_break
from counted
window up_to_here as (order by number);

create or replace temp table span as
with

paired as (

    select
        opening.number as first_line,
        closing.number as last_line,
        -- Lines in between that would be records by themselves, and begin like this one: either
        -- the value holds a table, or two quotes of two lines are lost. Nobody can tell.
        2 * if(
            opening.is_numbered,
            closing.numbered_so_far - opening.numbered_so_far,
            closing.others_so_far - opening.others_so_far
        ) >= closing.number - opening.number
        and closing.number > opening.number + 1 as is_ambiguous
    from inside as opening
    inner join inside as closing on opening.next_break = closing.number
    where
        opening.opens
        and closing.closes
        and opening.fields_before + closing.fields_so_far - opening.fields_so_far + 1 = :fields:

),

chained as (

    select
        *,
        coalesce(first_line > lag(last_line) over (order by first_line), true) as is_free
    from paired

),

linked as (

    select
        *,
        count_if(is_free) over (order by first_line) as chain
    from chained

)

-- A line may seem to end one value and to begin another: it is taken once.
select first_line, last_line, is_ambiguous
from linked
qualify row_number() over (partition by chain order by first_line) % 2 = 1;

create or replace temp table settled as
with

placed as (

    select
        judged.*,
        if(number <= span.last_line, span.first_line, null) as first_line,
        span.is_ambiguous
    from judged
    asof left join span on judged.number >= span.first_line

)

select
    *,
    case
        when first_line is not null then if(is_ambiguous, 'ambiguous_quotes', 'taken')
        when shape in ('blank', 'unreadable') then shape
        when content = :header: then 'repeated_header'
        when shape = 'whole' and fields = :fields: then 'taken'
        when shape = 'whole' then if(fields < :fields:, 'too_few_fields', 'too_many_fields')
        when shape = 'stray' then 'stray_carriage_return'
        when opens then 'unclosed_quote'
        else 'misplaced_quote'
    end as verdict
from placed;

create or replace temp table undecided as
select min(inside.number) as number
from inside
left join span on inside.number = span.last_line
where inside.opens and inside.next_break is null and span.last_line is null;
