-- What stands for patient data in a sandbox: the same value always gets the same mask, and nobody
-- without the secret can tell whose it is. What a mask shows of a value is its shape alone.
-- Written for DuckDB; loaded by loaders/masking.py, which sets the variable `mask_secret`.

create or replace temp macro mask_hash(value) as
    sha256(getvariable('mask_secret') || sha256(getvariable('mask_secret') || value));

create or replace temp macro mask_number_of(value, most) as
    cast(('0x' || left(mask_hash(value), 7)) as integer) % most;

-- A letter for a letter, a digit for a digit; which one, the hash of the whole value decides.
create or replace temp macro mask_character(one, number) as
    case
        when one between '0' and '9' then chr(48 + number % 10)
        when one between 'a' and 'z' then chr(97 + number % 26)
        when one between 'A' and 'Z' then chr(65 + number % 26)
        when one > chr(191) then chr(192 + number % 23)
        else one
    end;

create or replace temp macro mask_text(value) as
    list_transform([mask_hash(value)], lambda hash: array_to_string(
        list_transform(string_split(value, ''), lambda one, place: mask_character(
            one, ord(substr(hash, 1 + place % 64, 1)) * 7 + cast(place % 64 as integer)
        )),
        ''
    ))[1];

-- `system:what:` stays; ids are few characters long, and a mask of their shape would meet another.
create or replace temp macro mask_key(value) as
    case
        when regexp_matches(value, '^[^:]+:[^:]+:')
            then regexp_extract(value, '^[^:]+:[^:]+:') || left(mask_hash(value), 24)
        else value
    end;

-- Nothing is ever sent to `.invalid`.
create or replace temp macro mask_email(value) as
    left(regexp_replace(mask_text(split_part(value, '@', 1)), '[^\x00-\x7F]', 'x', 'g'), 40)
    || left(mask_hash(value), 8) || '@masked.invalid';

-- No number begins with a zero where it is dialled from abroad.
create or replace temp macro mask_phone(value) as
    regexp_replace(mask_text(value), '[0-9]', '0');

create or replace temp macro mask_digits(value) as
    regexp_replace(mask_text(value), '[0-9]', cast(1 + mask_number_of(value, 9) as varchar));

create or replace temp macro mask_date(value) as strftime(
    cast(left(value, 10) as date) - cast(1 + mask_number_of(value, 364) as integer), '%Y-%m-%d'
) || substr(value, 11);

-- An ending stays that is a type of file; behind another dot may stand a name.
create or replace temp macro mask_file_type() as
    '(?i)\.(avi|bin|bmp|cda|csv|dcm|docm?|docx|eml|gif|gz|heic|hl7|html?|jpe?g|json|m4a|md|mov'
    || '|mp[34]|msg|od[pst]|pdf|png|pptx?|rtf|svg|tiff?|tsv|txt|wav|webp|xlsx?|xml|zip)$';

create or replace temp macro mask_file_name(value) as
    case
        when regexp_matches(value, mask_file_type())
            then mask_text(regexp_replace(value, mask_file_type(), ''))
                || regexp_extract(value, mask_file_type())
        else mask_text(value) || '.bin'
    end;

-- Base64 in, base64 out: the beginning of a file of its type, then text to its size class, which
-- is its number of binary digits.
create or replace temp macro mask_body(value, beginning) as
    case
        when value = '' then value
        else beginning || repeat(
            to_base64(encode(left(mask_hash(value), 12))),
            greatest(1, (
                cast(pow(2, floor(log2(greatest(12, strlen(value) * 3 // 4)))) as bigint)
                - strlen(beginning) * 3 // 4
            ) // 12 + 1)
        )
    end;

-- A key made of the keys of two records.
create or replace temp macro mask_whole_key(value) as
    case
        when regexp_matches(value, '\|[^:|]+:[^:|]+:') then array_to_string(
            list_transform(string_split(value, '|'), lambda one: mask_key(one)), '|'
        )
        else mask_key(value)
    end;
