"""
How a cell's text becomes a value of its field's type, and what is wrong with it when it cannot.

Everything here is SQL over a column of text: the value's expression, and the checks in the order
in which the org makes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from loaders.stand_in_org.model import Field
from loaders.stand_in_org.settings import Settings
from loaders.stand_in_org.store import literal

_TEXT = frozenset(
    {"string", "textarea", "phone", "url", "email", "picklist", "multipicklist", "combobox"}
)
NUMBERS = frozenset({"double", "currency", "percent"})
_DATE = r"^\d{4}-\d{2}-\d{2}Z?$"
DATETIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})$"
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_EMAIL = r"[^@\s<>(),;:\x22\[\]\\]+@" + _LABEL + r"(\." + _LABEL + ")+"
_INT_LIMIT = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Check:
    """A condition in SQL that makes a row wrong, and what the org says then."""

    condition: str
    code: str
    message: str
    fields: tuple[str, ...]


def error_struct(code: str, message: str, fields: tuple[str, ...]) -> str:
    """Give the SQL value of a row error; `message` is an SQL expression."""
    names = ", ".join(literal(name) for name in fields)
    return (
        f"struct_pack(code := {literal(code)}, message := {message},"
        f" fields := CAST([{names}] AS VARCHAR[]))"
    )


def _boolean(text: str) -> str:
    return (
        f"CASE WHEN lower({text}) IN ('true', '1') THEN true"
        f" WHEN lower({text}) IN ('false', '0') THEN false END"
    )


def _moment(text: str) -> str:
    zoned = f"regexp_replace({text}, '([+-]\\d\\d)(\\d\\d)$', '\\1:\\2')"
    moved = f"make_timestamp(epoch_us(TRY_CAST({zoned} AS TIMESTAMPTZ)))"
    utc = f"TRY_CAST({text} AS TIMESTAMP)"
    return (
        f"date_trunc('millisecond', CASE WHEN ends_with({text}, 'Z') THEN {utc} ELSE {moved} END)"
    )


_VALUES: Mapping[str, Callable[[str], str]] = {
    "boolean": _boolean,
    "int": lambda text: f"TRY_CAST(TRY_CAST({text} AS DECIMAL(38,9)) AS BIGINT)",
    "date": lambda text: f"TRY_CAST(substr({text}, 1, 10) AS DATE)",
    "datetime": _moment,
    "reference": lambda text: f"_id18({text})",
    "id": lambda text: f"_id18({text})",
}


def value(field: Field, text: str) -> str:
    """Give the SQL expression of the typed value of `text`, null where it has none."""
    if field.type in NUMBERS:
        scale = field.scale or 0
        return f"TRY_CAST({text} AS DECIMAL({max(field.precision or 18, scale)},{scale}))"
    made = _VALUES.get(field.type)
    return text if made is None else made(text)


def _wrong_type(field: Field, text: str, condition: str) -> Check:
    return Check(
        condition,
        "INVALID_TYPE_ON_FIELD_IN_RECORD",
        f"{literal(field.label + ': value not of required type: ')} || {text}",
        (field.name,),
    )


def _number_checks(field: Field, text: str, typed: str) -> list[Check]:
    form = rf"NOT regexp_full_match({text}, '[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?')"
    outside = Check(
        f"{text} IS NOT NULL AND {typed} IS NULL",
        "NUMBER_OUTSIDE_VALID_RANGE",
        f"{literal(field.label + ': value outside of valid range on numeric field: ')} || {text}",
        (field.name,),
    )
    return [_wrong_type(field, text, form), outside]


def _reference_checks(field: Field, text: str, prefixes: tuple[str, ...]) -> list[Check]:
    allowed = ", ".join(literal(prefix) for prefix in prefixes)
    wrong = f"OR substr({text}, 1, 3) NOT IN ({allowed})" if prefixes else ""
    condition = f"NOT regexp_full_match({text}, '[A-Za-z0-9]{{15}}([A-Za-z0-9]{{3}})?') {wrong}"
    message = f"{literal(field.label + ': id value of incorrect type: ')} || {text}"
    return [Check(condition, "MALFORMED_ID", message, (field.name,))]


def _length_check(field: Field, text: str, settings: Settings) -> Check:
    most = f"(max length={field.length})"
    likely = f"{literal(field.label + ': data value too large: ')} || {text} || ' {most}'"
    message = settings.worded(likely, literal(f"{field.label}: data value too large {most}"))
    condition = f"_too_long({text}, {field.length})"
    return Check(condition, "STRING_TOO_LONG", message, (field.name,))


def _picklist_check(field: Field, text: str) -> Check:
    values = ", ".join(literal(item) for item in field.picklist)
    known = f"CAST([{values}] AS VARCHAR[])"
    sent = f"string_split({text}, ';')" if field.type == "multipicklist" else f"[{text}]"
    if field.type == "multipicklist":
        condition = (
            f"len(list_filter({sent}, lambda x: trim(x) != ''"
            f" AND NOT list_contains({known}, trim(x)))) > 0"
        )
    else:
        condition = f"NOT list_contains({known}, {text})"
    return Check(
        condition,
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        f"{literal(field.label + ': bad value for restricted picklist field: ')} || {text}",
        (field.name,),
    )


def _text_checks(field: Field, text: str, settings: Settings) -> list[Check]:
    checks = []
    # The names of objects and fields are no list of their own.
    if field.restricted_picklist and field.picklist:
        checks.append(_picklist_check(field, text))
    if field.type == "email":
        message = f"{literal(field.label + ': invalid email address: ')} || {text}"
        form = f"NOT regexp_full_match({text}, {literal(_EMAIL)})"
        checks.append(Check(form, "INVALID_EMAIL_ADDRESS", message, (field.name,)))
    if field.length is not None:
        checks.append(_length_check(field, text, settings))
    return checks


def _int_checks(field: Field, text: str, typed: str) -> list[Check]:
    form = rf"NOT regexp_full_match({text}, '[+-]?\d+(\.0*)?')"
    over = f"abs({typed}) > {_INT_LIMIT} OR ({text} IS NOT NULL AND {typed} IS NULL)"
    return [_wrong_type(field, text, form), _wrong_type(field, text, over)]


def _date_checks(field: Field, text: str, typed: str) -> list[Check]:
    form = _DATE if field.type == "date" else DATETIME
    condition = (
        f"{text} IS NOT NULL AND"
        f" ({typed} IS NULL OR NOT regexp_full_match({text}, '{form}')"
        f" OR {typed} NOT BETWEEN DATE '1700-01-01' AND DATE '4000-12-31')"
    )
    return [_wrong_type(field, text, condition)]


def _boolean_checks(field: Field, text: str, typed: str) -> list[Check]:
    return [_wrong_type(field, text, f"{text} IS NOT NULL AND {typed} IS NULL")]


_CHECKS: Mapping[str, Callable[[Field, str, str], list[Check]]] = {
    "boolean": _boolean_checks,
    "int": _int_checks,
    "date": _date_checks,
    "datetime": _date_checks,
}


def checks(
    field: Field, text: str, typed: str, *, prefixes: tuple[str, ...], settings: Settings
) -> list[Check]:
    """List what can be wrong with a cell; each condition is null or false for a null text."""
    if field.type in _TEXT:
        return _text_checks(field, text, settings)
    if field.type in NUMBERS:
        return _number_checks(field, text, typed)
    if field.type in ("reference", "id"):
        return _reference_checks(field, text, prefixes)
    found = _CHECKS.get(field.type)
    return [] if found is None else found(field, text, typed)
