-- What a text may be, told by its form and its check digit; each macro answers yes or no.
create or replace temp macro digit(value, place) as try_cast(substr(value, place, 1) as integer);

create or replace temp macro doubled(figure) as if(figure > 4, 2 * figure - 9, 2 * figure);

-- The check digit covers the prefix 80840 of United States health numbers: 24 in all.
create or replace temp macro is_npi(value) as
    regexp_full_match(value, '[12]\d{9}')
    and (
        24
        + doubled(digit(value, 1)) + digit(value, 2)
        + doubled(digit(value, 3)) + digit(value, 4)
        + doubled(digit(value, 5)) + digit(value, 6)
        + doubled(digit(value, 7)) + digit(value, 8)
        + doubled(digit(value, 9)) + digit(value, 10)
    ) % 10 = 0;

create or replace temp macro is_cpt(value) as regexp_full_match(value, '\d{4}[\dFTU]');

create or replace temp macro is_cdt(value) as regexp_full_match(value, 'D\d{4}');

create or replace temp macro is_hcpcs(value) as regexp_full_match(value, '[A-CE-V]\d{4}');

create or replace temp macro is_icd_10(value) as
    regexp_full_match(value, '[A-Z]\d[\dAB](\.?[\dA-Z]{1,4})?');

-- Padded to five figures, so that each figure's place, and with it its weight, is known.
create or replace temp macro loinc_sum(value) as
    doubled(digit(value, 5)) + digit(value, 4)
    + doubled(digit(value, 3)) + digit(value, 2)
    + doubled(digit(value, 1)) + digit(value, 7);

create or replace temp macro is_loinc(value) as
    regexp_full_match(value, '\d{1,5}-\d') and loinc_sum(lpad(value, 7, '0')) % 10 = 0;

create or replace temp macro is_ndc(value) as
    regexp_full_match(value, '\d{4}-\d{4}-\d{2}|\d{5}-\d{3}-\d{2}|\d{5}-\d{4}-\d{1,2}|\d{11}');

create or replace temp macro is_zip(value) as regexp_full_match(value, '\d{5}(-?\d{4})?');

create or replace temp macro is_phone(value) as
    regexp_full_match(value, '(\+?1[ .-]?)?(\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-]?)[2-9]\d{2}[ .-]?\d{4}');

create or replace temp macro is_email(value) as
    regexp_full_match(value, '[^@\s,;]+@[^@\s,;]+\.[A-Za-z]{2,}');

create or replace temp macro is_ssn(value) as
    regexp_full_match(value, '\d{3}-\d{2}-\d{4}')
    and not regexp_matches(value, '^(000|666|9)|-00-|-0000$');

create or replace temp macro is_money(value) as
    regexp_full_match(value, '[-(]?[$€£]? ?-?(\d{1,3}(,\d{3})+|\d+)\.\d{2}\)?');

create or replace temp macro is_number(value) as
    regexp_full_match(value, '[-+]?\d+([.,]\d+)?');

-- The bounds are those of the macro plausible_moment: a year of two digits reads as the year 62.
create or replace temp macro is_date(value) as
    coalesce(
        try_strptime(
            value,
            [
                '%Y-%m-%d',
                '%Y-%m-%d %H:%M',
                '%Y-%m-%d %H:%M:%S',
                '%Y-%m-%dT%H:%M:%S',
                '%Y-%m-%dT%H:%M:%SZ',
                '%m/%d/%Y',
                '%m/%d/%Y %H:%M',
                '%m/%d/%Y %H:%M:%S',
                '%m/%d/%Y %I:%M %p',
                '%m/%d/%Y %I:%M:%S %p',
                '%d.%m.%Y',
                '%d.%m.%Y %H:%M',
                '%d.%m.%Y %H:%M:%S',
                '%d/%m/%Y',
                '%Y%m%d'
            ]
        ) between timestamp '1850-01-01' and timestamp '2150-01-01',
        false
    );
