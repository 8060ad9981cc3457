"""The first half of a write: incoming text becomes typed rows, keys and resolved lookups."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from loaders.stand_in_org.change import DRAFT, Change
from loaders.stand_in_org.dml_header import Target
from loaders.stand_in_org.dml_types import Check, checks, error_struct, value
from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.store import literal, quoted

CHUNK = 200
NO_ERROR = "CAST(NULL AS STRUCT(code VARCHAR, message VARCHAR, fields VARCHAR[]))"


def _prefixes(change: Change, field: Field) -> tuple[str, ...]:
    if field.type == "id":
        return (change.sobject.key_prefix,)
    parents = [change.world.find(name) for name in field.reference_to]
    return tuple(parent.key_prefix for parent in parents if parent is not None)


def _typed(target: Target, text: str) -> str:
    if target.key is not None or target.field.type == "base64":
        return text
    return value(target.field, text)


def _cell_checks(change: Change, target: Target, position: int) -> list[Check]:
    text, typed, field = f"t{position}", f"v{position}", target.field
    if target.key is not None:
        return []
    prefixes, settings = _prefixes(change, field), change.world.settings
    found = checks(field, text, typed, prefixes=prefixes, settings=settings)
    if field.type == "boolean" and not change.world.settings.numeric_booleans:
        wrong = f"{literal(field.label + ': value not of required type: ')} || {text}"
        numeric = f"{text} IN ('0', '1')"
        found.append(Check(numeric, "INVALID_TYPE_ON_FIELD_IN_RECORD", wrong, (field.name,)))
    if field.type == "boolean":
        message = literal(f"{field.label}: value not of required type: ")
        nothing = f"s{position} AND {text} IS NULL"
        found.append(Check(nothing, "INVALID_TYPE_ON_FIELD_IN_RECORD", message, (field.name,)))
    return found


def make_draft(change: Change, rows: pa.Table) -> None:
    """Turn the incoming table into `_draft`: per column whether it was sent, and its value."""
    count = len(change.targets)
    numbered = rows.rename_columns([f"c{i}" for i in range(count)]).append_column(
        "_n", pa.arange(0, rows.num_rows)
    )
    texts = "".join(f", c{i} IS NOT NULL AS s{i}, _org_text(c{i}) AS t{i}" for i in range(count))
    typed = "".join(
        f", {_typed(target, f't{i}')} AS v{i}" for i, target in enumerate(change.targets)
    )
    branches = "".join(
        f" WHEN {check.condition} THEN {error_struct(check.code, check.message, check.fields)}"
        for i, target in enumerate(change.targets)
        for check in _cell_checks(change, target, i)
    )
    error = f"CASE {branches} ELSE {NO_ERROR} END" if branches else NO_ERROR
    kept = "".join(f", s{i}, v{i}" for i in range(count))
    change.world.connection.register("_incoming", numbered)
    change.run(
        f"CREATE OR REPLACE TEMP TABLE {DRAFT} AS"
        f" WITH texts AS (SELECT _n{texts} FROM _incoming),"
        f" typed AS (SELECT *{typed} FROM texts)"
        f" SELECT _n, _n // {CHUNK} AS _chunk{kept}, {error} AS _e, {NO_ERROR} AS _key_error,"
        " 0 AS _round FROM typed"
    )
    change.world.connection.unregister("_incoming")


def comparable(field: Field, expression: str) -> str:
    """Give the expression by which the org compares a key: without case unless told otherwise."""
    text = f"CAST({expression} AS VARCHAR)"
    return text if field.case_sensitive or field.type in ("id", "reference") else f"lower({text})"


def check_keys(change: Change) -> int:
    """
    Refuse rows without key or with a key twice in a chunk; give the number of rounds.

    The same key in two chunks is legal: the later row meets the record of the earlier one, so
    it belongs to a later round.
    """
    if change.key is None:
        return 1
    field = change.targets[change.key].field
    key = comparable(field, f"v{change.key}")
    row = change.run(
        f"SELECT count(*), count({key}), count(DISTINCT {key}) FROM {DRAFT}"
    ).fetchone()
    rows, keyed, different = row or (0, 0, 0)
    if keyed < rows and (field.type != "id" or change.operation == "update"):
        verb = "an update call" if change.operation == "update" else "an upsert call"
        text = change.world.settings.worded(
            f"{field.name} not specified in {verb}", f"{field.name} not specified"
        )
        missing = error_struct("MISSING_ARGUMENT", literal(text), (field.name,))
        change.run(f"UPDATE {DRAFT} SET _key_error = {missing} WHERE {key} IS NULL")
    if different == keyed:
        return 1
    return _refuse_twice(change, field, key)


def _refuse_twice(change: Change, field: Field, key: str) -> int:
    change.run(
        f"CREATE OR REPLACE TEMP TABLE _twice AS SELECT _n,"
        f" count(*) OVER (PARTITION BY _chunk, {key}) AS times,"
        f" row_number() OVER (PARTITION BY {key} ORDER BY _n) - 1 AS place"
        f" FROM {DRAFT} WHERE {key} IS NOT NULL"
        f" QUALIFY times > 1 OR place > 0"
    )
    kind = "id" if field.type == "id" else "external id"
    twice = error_struct(
        "DUPLICATE_VALUE", f"'Duplicate {kind} specified: ' || {key}", (field.name,)
    )
    change.run(
        f"UPDATE {DRAFT} SET _key_error = CASE WHEN times > 1 THEN {twice} ELSE _key_error END,"
        f" _round = CASE WHEN times > 1 THEN 0 ELSE place END"
        f" FROM _twice WHERE _twice._n = {DRAFT}._n"
    )
    return 1 + int(change.world.one(f"SELECT max(_round) FROM {DRAFT}") or 0)


def _by_id(change: Change, field: Field, position: int) -> str:
    """Give the query of the records that an id column names, over the parents it may name."""
    selects = []
    for name in field.reference_to:
        parent = change.world.find(name)
        if parent is not None:
            wanted = f"(SELECT v{position} FROM {DRAFT} WHERE v{position} IS NOT NULL)"
            selects.append(
                f"SELECT Id AS key, Id AS id, 1 AS n, IsDeleted AS deleted"
                f" FROM {quoted(parent.table)} WHERE Id IN {wanted}"
            )
    return " UNION ALL ".join(selects)


def _by_key(change: Change, parent: SObject, key_field: Field, position: int) -> str:
    key = comparable(key_field, quoted(key_field.name))
    own = ""
    if parent.name == "RecordType":
        own = f" AND SobjectType = {literal(change.sobject.name)}"
    wanted = comparable(key_field, f"v{position}")
    return (
        f"SELECT {key} AS key, min(Id) AS id, count(*) AS n, false AS deleted"
        f" FROM {quoted(parent.table)} WHERE NOT IsDeleted{own}"
        f" AND {key} IN (SELECT {wanted} FROM {DRAFT} WHERE v{position} IS NOT NULL)"
        f" GROUP BY 1"
    )


def find_parents(change: Change) -> None:
    """
    Look up what the lookup columns name, each into a table of its own (`_found0` ...).

    Only records that exist before the call count: two rows of one file never see each other.
    """
    for position, target in enumerate(change.targets):
        if target.field.type != "reference":
            continue
        if target.key is not None and target.parent is not None:
            query = _by_key(change, target.parent, target.key, position)
        else:
            query = _by_id(change, target.field, position)
        change.run(f"CREATE OR REPLACE TEMP TABLE _found{position} AS {query}")


@dataclass(frozen=True, slots=True)
class Parents:
    """The lookups of a write, in SQL: how to join what they found, and what is wrong with it."""

    joins: str
    errors: tuple[str, ...]


def parents(change: Change) -> Parents:
    """Give the joins of what was found to the draft `d`, and the errors in column order."""
    joins, errors = "", []
    for position, target in enumerate(change.targets):
        if target.field.type != "reference":
            continue
        found, cell = f"f{position}", f"d.v{position}"
        key = comparable(target.key, cell) if target.key else cell
        joins += f" LEFT JOIN _found{position} AS {found} ON {found}.key = {key}"
        error = _lookup_error(target, cell, found)
        errors.append(f"CASE WHEN {cell} IS NOT NULL THEN {error} END")
    return Parents(joins, tuple(errors))


def value_of(change: Change, position: int) -> str:
    """Give the SQL of what a column of the draft `d` stores: the parent found, or the cell."""
    lookup = change.targets[position].field.type == "reference"
    return f"f{position}.id" if lookup else f"d.v{position}"


def _lookup_error(target: Target, cell: str, found: str) -> str:
    if target.key is None or target.parent is None:
        missing = error_struct(
            "INVALID_CROSS_REFERENCE_KEY", literal("invalid cross reference id"), ()
        )
        gone = error_struct("ENTITY_IS_DELETED", literal("entity is deleted"), ())
        return f"CASE WHEN {found}.id IS NULL THEN {missing} WHEN {found}.deleted THEN {gone} END"
    tail = f" not found for field {target.key.name} in entity {target.parent.name}"
    missing = error_struct(
        "INVALID_FIELD", f"'Foreign key external ID: ' || {cell} || {literal(tail)}", ()
    )
    several = error_struct(
        "DUPLICATE_EXTERNAL_ID",
        literal(f"{target.key.label}: more than one record found for external id field: ")
        + f" || {cell}",
        (target.key.name,),
    )
    return f"CASE WHEN {found}.id IS NULL THEN {missing} WHEN {found}.n > 1 THEN {several} END"
