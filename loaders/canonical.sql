-- The one definition of what a cell looks like on its way to the org, and of a row's hash.
-- Written for DuckDB; loaded once per connection by loaders/canonical.py.

-- Line ends become LF, control characters other than LF and TAB go, outer blanks are trimmed, and
-- what is then empty is null. Idempotent: no step makes work for an earlier one.
create or replace temp macro normalise(value) as nullif(
    regexp_replace(
        regexp_replace(
            replace(replace(value, chr(13) || chr(10), chr(10)), chr(13), chr(10)),
            '[^\P{Cc}\n\t]', '', 'g'
        ),
        '^[\s\p{Z}]+|[\s\p{Z}]+$', '', 'g'
    ),
    ''
);

-- Salesforce counts UTF-16 units: a character outside the basic plane counts twice.
create or replace temp macro utf16_length(value) as
    length(value) + length(regexp_replace(value, '[^\x{10000}-\x{10FFFF}]', '', 'g'));

-- Bytes are never fewer than UTF-16 units: the costly count runs for long values only.
create or replace temp macro is_longer_than(value, most) as
    case when strlen(value) <= most then false else utf16_length(value) > most end;

-- The order of the choices in a multi-select picklist says nothing, and is the org's own.
create or replace temp macro canonical_choices(value) as nullif(
    array_to_string(
        list_sort(list_distinct(list_filter(
            list_transform(string_split(value, ';'), lambda choice: normalise(choice)),
            lambda choice: choice is not null
        ))),
        ';'
    ),
    ''
);

-- A checkbox in an org is never empty.
create or replace temp macro canonical_boolean(value) as
    case when value then 'true' else 'false' end;

create or replace temp macro canonical_date(value) as strftime(value, '%Y-%m-%d');

create or replace temp macro canonical_datetime(value) as
    strftime(value, '%Y-%m-%dT%H:%M:%S.%gZ');

-- Plain digits with the field's own scale; the branch is chosen once, when the query is planned.
create or replace temp macro canonical_number(value, digits) as
    case digits
        when 0 then cast(try_cast(value as decimal(38, 0)) as varchar)
        when 1 then cast(try_cast(value as decimal(38, 1)) as varchar)
        when 2 then cast(try_cast(value as decimal(38, 2)) as varchar)
        when 3 then cast(try_cast(value as decimal(38, 3)) as varchar)
        when 4 then cast(try_cast(value as decimal(38, 4)) as varchar)
        when 5 then cast(try_cast(value as decimal(38, 5)) as varchar)
        when 6 then cast(try_cast(value as decimal(38, 6)) as varchar)
        when 7 then cast(try_cast(value as decimal(38, 7)) as varchar)
        when 8 then cast(try_cast(value as decimal(38, 8)) as varchar)
        when 9 then cast(try_cast(value as decimal(38, 9)) as varchar)
        when 10 then cast(try_cast(value as decimal(38, 10)) as varchar)
        when 11 then cast(try_cast(value as decimal(38, 11)) as varchar)
        when 12 then cast(try_cast(value as decimal(38, 12)) as varchar)
        when 13 then cast(try_cast(value as decimal(38, 13)) as varchar)
        when 14 then cast(try_cast(value as decimal(38, 14)) as varchar)
        when 15 then cast(try_cast(value as decimal(38, 15)) as varchar)
        when 16 then cast(try_cast(value as decimal(38, 16)) as varchar)
        when 17 then cast(try_cast(value as decimal(38, 17)) as varchar)
        when 18 then cast(try_cast(value as decimal(38, 18)) as varchar)
    end;

-- What the org answers, in the same words: its numbers may carry an exponent, its times an offset.
create or replace temp macro from_org_number(value, digits) as
    canonical_number(coalesce(
        try_cast(nullif(value, '') as decimal(38, 18)),
        try_cast(nullif(value, '') as double)
    ), digits);

create or replace temp macro from_org_datetime(value) as
    canonical_datetime(cast(
        cast(regexp_replace(nullif(value, ''), '([+-]\d\d):?(\d\d)$', '\1:\2') as timestamptz)
        at time zone 'UTC' as timestamp
    ));

-- Normalised text holds neither of the two separators, so no two rows share one spelling.
create or replace temp macro row_hash(cells) as
    sha256(array_to_string(list_transform(cells, lambda cell: coalesce(cell, chr(30))), chr(31)));
