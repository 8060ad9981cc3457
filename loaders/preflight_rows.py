"""Which rows an org would refuse, found before anything is sent: each with its reasons."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from loaders.canonical import (
    BASE64,
    BOOLEAN,
    CHOICES,
    LONG_TEXT,
    NUMBER,
    RESERVED_TEXT,
    TEXT,
    literal,
    quoted,
)
from loaders.contract import KEYED_MATCHES
from loaders.describe import FieldDescribe, ObjectDescribe
from loaders.existing import Reader
from loaders.plan_columns import OWNER
from loaders.plan_rows import (
    AMBIGUOUS,
    GONE,
    HELD_CODES,
    UNDECIDED,
    ObjectRows,
    failures_table,
    rows_table,
)
from loaders.plan_store import Finding, PlanColumn
from loaders.preflight_parents import parent_conditions
from loaders.preflight_places import PLACE_NOT_LISTED, STATE_ALONE, place_conditions
from loaders.preflight_record_types import NOT_IN_RECORD_TYPE, record_type_conditions
from loaders.preflight_schema import is_required
from loaders.references import USER, email_symbol, references_table
from loaders.row_errors import PARENT_HELD, PARENT_NOT_FOUND

_LISTS = frozenset({"picklist", "multipicklist"})
_SIZED = frozenset({"string", "textarea", "email", "phone", "url", "combobox", "encryptedstring"})
# As base64 text it is what one cell of a plan can hold. The org's limit is 2 GB (contract 4.9).
_MOST_BYTES = 1_500_000_000

MESSAGES = {
    "key_missing": "rows have no key",
    "key_twice": "rows share their key with another row",
    "too_long": "values are longer than the field",
    "reserved_text": "values are exactly #N/A, which means empty to Salesforce",
    "not_in_picklist": "values are not offered by the restricted picklist",
    NOT_IN_RECORD_TYPE: "values are not offered by the record type of their row",
    "required_missing": "values are empty where the org requires one",
    "number_too_big": "numbers have more digits than the field",
    "file_empty": "files have no bytes",
    "file_too_large": "files are larger than 1.5 GB",
    "file_unreadable": "files are not base64",
    PARENT_NOT_FOUND: "parents are neither in the plan nor in the org",
    PARENT_HELD: "parents are held until somebody decides, and these rows with them",
    "symbol_unknown": "names are unknown in the org",
    UNDECIDED: "rows may be records that the org has already, and nobody decided",
    AMBIGUOUS: "rows and records of the org match more than once",
    GONE: "rows were loaded before, and their records were deleted in the org",
    "text_normalised": "texts are sent with other line ends, blanks or control characters",
    "checkbox_empty": "empty checkboxes are sent as false, as an org stores them",
    "not_in_list": "values are not offered by the picklist, which takes them all the same",
    PLACE_NOT_LISTED: "values are not names of the org's own list of states or countries",
    STATE_ALONE: "states come without a country, which the org's own list of states asks for",
    "file_twice": "files hold the same bytes as another one, and are sent all the same",
    "owner_defaulted": "rows have no owner among the active users and get the default owner",
    "reference_emptied": "e-mails belong to no active user, or to several, and are left out",
}
# These stop the whole plan: the marts themselves are broken.
_STOPPING = frozenset({"key_missing", "key_twice"})
_PLACES = (PLACE_NOT_LISTED, STATE_ALONE)
# What we look up and never make: without it none of its rows could be sent.
_MADE_IN_SETUP = {
    "Territory2Model": "Setup > Territory Models: make it, and leave it in planning or activate it",
    "Territory2Type": "Setup > Territory Types: make it",
}


@dataclass(frozen=True, slots=True)
class _Check:
    """A condition under which a row is kept back."""

    code: str
    field: str
    condition: str


def keep_back(reader: Reader, rows: ObjectRows, described: ObjectDescribe) -> None:
    """
    Write the reasons why rows are kept back onto the bench: _key, code, field.

    Parents must have been planned before: a row whose parent is kept back is kept back as well.
    """
    table = quoted(rows_table(rows.mart.sobject))
    checks = _checks(rows, described)
    for field, condition in record_type_conditions(reader.line, rows.columns, described):
        checks.append(_Check(NOT_IN_RECORD_TYPE, field, condition))
    selects = [
        f"""
        select _key, '{check.code}' as code, '{check.field}' as field
        from {table} as mart where {check.condition}
        """  # noqa: S608 - names of the mapping
        for check in checks
    ]
    reader.bench.db.execute(
        f"create or replace temp table {quoted(failures_table(rows.mart.sobject))} as"
        f" {' union all '.join(selects)} order by all"
    )


def _checks(rows: ObjectRows, described: ObjectDescribe) -> list[_Check]:
    key = " + ".join(rows.mart.key)
    table = quoted(rows_table(rows.mart.sobject))
    twice = f"_key in (select _key from {table} group by _key having count(*) > 1)"  # noqa: S608 - ours
    checks = [_Check("key_missing", key, "_key is null"), _Check("key_twice", key, twice)]
    for column in rows.columns:
        checks += _value_checks(column, described.fields[column.name])
        if column.match is not None and column.name not in rows.second_pass:
            checks += _parent_checks(rows, column)
    return checks


def _value_checks(column: PlanColumn, field: FieldDescribe) -> list[_Check]:
    value = quoted(column.name)
    if column.type == BASE64:
        return _file_checks(column.name, value)
    found = []
    if is_required(field) and column.match != "email":
        found.append(_Check("required_missing", column.name, f"{value} is null"))
    if column.match is not None:
        return found
    if field.type in _SIZED and field.length:
        most = f"is_longer_than({value}, {field.length})"
        found.append(_Check("too_long", column.name, most))
    if column.type in {TEXT, LONG_TEXT, CHOICES}:
        same = f"{value} = {literal(RESERVED_TEXT)}"
        found.append(_Check("reserved_text", column.name, same))
    if field.type in _LISTS and field.restricted:
        found.append(_Check("not_in_picklist", column.name, _off_list(value, field)))
    if column.type == NUMBER and field.precision:
        digits = field.precision - field.scale
        big = f"abs(cast({value} as decimal(38, {column.scale}))) >= 1e{digits}"
        found.append(_Check("number_too_big", column.name, big))
    return found


def _file_checks(name: str, value: str) -> list[_Check]:
    """Say which files cannot be sent; which types an org does not take, it tells nobody before."""
    return [
        _Check("file_empty", name, f"{value}.size = 0"),
        _Check("file_too_large", name, f"{value}.size > {_MOST_BYTES}"),
        _Check("file_unreadable", name, f"not {value}.whole"),
    ]


def _off_list(value: str, field: FieldDescribe) -> str:
    offered = ", ".join(literal(each) for each in sorted(field.values)) or "''"
    if field.type == "multipicklist":
        return f"len(list_filter(string_split({value}, ';'), lambda v: v not in ({offered}))) > 0"
    return f"{value} not in ({offered})"


def _parent_checks(rows: ObjectRows, column: PlanColumn) -> list[_Check]:
    value = quoted(column.name)
    if column.match in {"developer_name", "name", "standard"}:
        unknown = f"{value} is not null and {value} not in ({_known_symbols(rows, column)})"
        return [_Check("symbol_unknown", column.name, unknown)]
    if column.match not in KEYED_MATCHES:
        return []
    return [
        _Check(code, column.name, condition)
        for code, condition in parent_conditions(column).items()
    ]


def _known_symbols(rows: ObjectRows, column: PlanColumn) -> str:
    table = quoted(references_table(rows.mart.sobject))
    return f"select symbol from {table} where field = '{column.name}'"  # noqa: S608 - ours


def _not_coming(rows: ObjectRows, column: PlanColumn) -> str:
    """Leave out the e-mails of users whom this very plan creates."""
    if not rows.with_users or rows.mart.sobject == USER:
        return ""
    users, sendable = quoted(rows_table(USER)), quoted(f"sendable_{USER}")
    coming = f"""
        select {email_symbol("Email")} from {users} inner join {sendable} using (_key)
        where IsActive = 'true' and Email is not null
        """  # noqa: S608 - ours
    return f" and {email_symbol(quoted(column.name))} not in ({coming})"


def row_findings(
    db: duckdb.DuckDBPyConnection, rows: ObjectRows, described: ObjectDescribe
) -> list[Finding]:
    """Count what was kept back and what is sent otherwise than the mart has it."""
    sobject = rows.mart.sobject
    failures = quoted(failures_table(sobject))
    kept_back = db.execute(
        f"select code, field, count(*) from {failures} group by all order by all"  # noqa: S608 - ours
    ).fetchall()
    counted = [(code, field, count) for code, field, count in kept_back]
    counted += _changed(db, rows)
    counted += _counted_on_rows(db, rows, described)
    return [
        Finding(
            code=code,
            severity=_severity(code, _points_to(rows, field)),
            sobject=sobject,
            field=field,
            count=count,
            message=f"{sobject}.{field}: {count:,} {MESSAGES[code]}",
            hint=_hint(code, sobject, _points_to(rows, field)),
        )
        for code, field, count in counted
        if count
    ]


def _points_to(rows: ObjectRows, field: str) -> str:
    """Name the object that a field points to, where it is one that only a person makes."""
    for column in rows.columns:
        if column.name == field and column.objects and column.objects[0] in _MADE_IN_SETUP:
            return column.objects[0]
    return ""


def _hint(code: str, sobject: str, parent: str) -> str:
    if code in _PLACES:
        return (
            "Setup > State and Country/Territory Picklists: set the integration values to what"
            " the clinic writes, or send the names of the list, with a country"
        )
    if code == "symbol_unknown" and parent:
        return _MADE_IN_SETUP[parent]
    if code in HELD_CODES:
        return "decide in matches.csv of the plan, then clinic-load plan --matches FILE"
    return f"see {sobject}/failures.parquet of the plan" if _keeps_back(code) else ""


def _keeps_back(code: str) -> bool:
    return code in list(MESSAGES)[: list(MESSAGES).index("text_normalised")]


def _severity(code: str, parent: str) -> str:
    if code in _STOPPING or (code == "symbol_unknown" and parent):
        return "stop"
    return "warn" if _keeps_back(code) or code in {"not_in_list", *_PLACES} else "note"


def _changed(db: duckdb.DuckDBPyConnection, rows: ObjectRows) -> list[tuple[str, str, int]]:
    """Count cells that canonical text changes in what it says, read from the mart itself."""
    conditions = []
    for each in rows.columns:
        value = quoted(each.name)
        if each.type in {TEXT, LONG_TEXT}:
            changed = f"{value} != coalesce(normalise({value}), '')"
            conditions.append(("text_normalised", each.name, changed))
        if each.type == BOOLEAN:
            conditions.append(("checkbox_empty", each.name, f"{value} is null"))
    return _count(db, f"({rows.source})", conditions)


def _counted_on_rows(
    db: duckdb.DuckDBPyConnection, rows: ObjectRows, described: ObjectDescribe
) -> list[tuple[str, str, int]]:
    table = quoted(rows_table(rows.mart.sobject))
    conditions = list(place_conditions(rows.columns, described))
    for column in rows.columns:
        field, value = described.fields[column.name], quoted(column.name)
        if field.type in _LISTS and not field.restricted:
            conditions.append(("not_in_list", column.name, _off_list(value, field)))
        if column.type == BASE64:
            groups = f"select {value}.md5 from {table} group by 1 having count(*) > 1"  # noqa: S608
            twice = f"{value}.md5 in ({groups})"
            conditions.append(("file_twice", column.name, twice))
        if column.match == "email":
            unmatched = (
                f"{value} not in ({_known_symbols(rows, column)}){_not_coming(rows, column)}"
            )
            conditions.append(
                ("owner_defaulted", column.name, f"{value} is null or ({unmatched})")
                if column.name == OWNER
                else ("reference_emptied", column.name, unmatched)
            )
    return _count(db, table, conditions)


def _count(
    db: duckdb.DuckDBPyConnection, relation: str, conditions: list[tuple[str, str, str]]
) -> list[tuple[str, str, int]]:
    if not conditions:
        return []
    counts = ", ".join(f"count(*) filter (where {condition})" for _, _, condition in conditions)
    found = db.execute(f"select {counts} from {relation}").fetchone() or ()  # noqa: S608 - ours
    return [(code, field, int(n)) for (code, field, _), n in zip(conditions, found, strict=True)]
