"""The rows of a plan: every mart in canonical text, its operation, and why a row is kept back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.canonical import (
    BASE64,
    hash_expression,
    key_expression,
    literal,
    quoted,
)
from loaders.contract import Mart
from loaders.existing import CHECKSUM, DOCUMENT, keys_table, values_table
from loaders.plan_bodies import keep_bodies, with_facts
from loaders.plan_columns import OWNER, Selection, canonical_cells, cell_there, fingerprint
from loaders.plan_store import PlanColumn
from loaders.references import MATCHES, references_table
from loaders.row_errors import PARENT_HELD
from loaders.sorted_rows import Unsorted, write_sorted

# What a person can say of a proposal; an empty decision holds the row.
MATCH, NEW = "match", "new"
# Rules of the ledger, beside those of the marts: what became of a record that was ours.
LEDGER, DELETED, MERGED = "ledger", "deleted", "merged"
UNDECIDED, AMBIGUOUS, GONE = "match_undecided", "match_ambiguous", "deleted_in_org"
# What each key of ours in the org was last sent as: (sobject, key, hash).
PUSHED = "pushed_rows"
HELD_CODES = (UNDECIDED, AMBIGUOUS, GONE, PARENT_HELD)


@dataclass(frozen=True, slots=True)
class ObjectRows:
    """What is needed to plan one object."""

    mart: Mart
    columns: tuple[PlanColumn, ...]
    second_pass: tuple[str, ...]
    default_owner_id: str | None
    # Whether users are part of the plan: those who are made now can own what comes later.
    with_users: bool
    masked: bool
    # The query of the mart's rows that the plan is made of.
    source: str
    # Whether a row that was pushed last as it is now is left alone, whatever the org has.
    delta: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows there are, and what happens to them."""

    rows: int
    creates: int
    updates: int
    unchanged: int
    failed: int
    # A question about the row is open.
    held: int
    # The row stands for a record that has another row's key.
    aliases: int


def rows_table(sobject: str) -> str:
    """Name the table of an object's canonical rows."""
    return f"rows_{sobject}"


def failures_table(sobject: str) -> str:
    """Name the table of reasons: _key, code, field."""
    return f"failures_{sobject}"


def proposals_table(sobject: str) -> str:
    """Name the table of proposed matches: key, id, rule, strength, score, decision."""
    return f"proposals_{sobject}"


def operations_table(sobject: str) -> str:
    """Name the table of operations: _key, _id, _op."""
    return f"operations_{sobject}"


def canonical_query(selection: Selection) -> str:
    """
    Give the SQL of a mart's canonical rows, as they are sent, with key and hash.

    It needs nothing of the org: the stale check runs it again. What is known of files must be on
    the bench.
    """
    rows = canonical_cells(with_facts(selection), with_bodies=False)
    kinds = {each.name: each.type for each in selection.columns}
    return f"""
        select _key, {hash_expression(kinds)} as _row_hash, * exclude (_key)
        from (select {key_expression(selection.mart)} as _key, * from ({rows}))
        """  # noqa: S608 - names of the mapping


def make_rows(db: duckdb.DuckDBPyConnection, rows: ObjectRows, *, bodies: Path) -> None:
    """Write an object's mart as canonical text onto the bench, and its files into one of theirs."""
    selection = Selection(rows.mart, rows.columns, rows.source, rows.masked)
    keep_bodies(db, selection, to=bodies)
    query = canonical_query(selection)
    db.execute(f"create or replace temp table {quoted(rows_table(rows.mart.sobject))} as {query}")


def decide(db: duckdb.DuckDBPyConnection, rows: ObjectRows, *, compare: bool) -> Counts:
    """
    Decide what happens to each row: create, update, unchanged, alias, held, failed in pre-flight.

    `compare` says that the org's present values are on the bench; without it there are none.
    """
    sobject = rows.mart.sobject
    compared = tuple(column for column in rows.columns if not column.create_only)
    same = _same(rows) if compare else "false"
    values = (
        f"left join {quoted(values_table(sobject))} as org on org.Id = keys._id" if compare else ""
    )
    db.execute(
        f"""
        create or replace temp table {quoted(operations_table(sobject))} as
        select
            mart._key,
            keys._id,
            case
                when kept_back._key is not null then kept_back._op
                when keys._id is null then 'create'
                when known.is_alias then 'alias'
                -- A match has to get its key, whatever else it holds.
                when known.key is not null then 'update'
                when {_as_pushed(rows)} then 'unchanged'
                when {same} then 'unchanged'
                else 'update'
            end as _op
        from {quoted(rows_table(sobject))} as mart
        left join {quoted(keys_table(sobject))} as keys on keys._key = mart._key
        left join (
            select _key,
                case when bool_and(code in {HELD_CODES}) then 'held' else 'failed' end as _op
            from {quoted(failures_table(sobject))} group by _key
        ) as kept_back on kept_back._key is not distinct from mart._key
        left join (
            select key, bool_or(rule = '{MERGED}') as is_alias
            from {quoted(proposals_table(sobject))}
            where decision = '{MATCH}' or rule = '{MERGED}' group by key
        ) as known on known.key = mart._key
        {values}
        {reference_joins(rows, compared) if compare else ""}
        """  # noqa: S608 - names of the mapping
    )
    found = dict(
        db.execute(
            f"select _op, count(*) from {quoted(operations_table(sobject))} group by _op"  # noqa: S608 - ours
        ).fetchall()
    )
    return Counts(
        rows=sum(found.values()),
        creates=found.get("create", 0),
        updates=found.get("update", 0),
        unchanged=found.get("unchanged", 0),
        failed=found.get("failed", 0),
        held=found.get("held", 0),
        aliases=found.get("alias", 0),
    )


def _as_pushed(rows: ObjectRows) -> str:
    if not rows.delta:
        return "false"
    return (
        f"(mart._key, mart._row_hash) in (select (key, hash) from {PUSHED} "  # noqa: S608 - ours
        f"where sobject = {literal(rows.mart.sobject)})"
    )


def _same(rows: ObjectRows) -> str:
    """Compare everything that an update would write; what nobody can update cannot differ."""
    comparisons = [
        f"{sent(rows, column)} is not distinct from {_there(column)}"
        for column in rows.columns
        if not column.create_only
    ]
    return f"org.Id is not null and {' and '.join(comparisons)}" if comparisons else "true"


def sent(rows: ObjectRows, column: PlanColumn) -> str:
    """Give the SQL of what would be sent for a column of the table `mart`."""
    if column.type == BASE64:
        return f"mart.{quoted(column.name)}.md5"
    if column.match is None:
        return f"mart.{quoted(column.name)}"
    found = f"{_alias(column)}.id"
    if column.name == OWNER and rows.default_owner_id:
        return f"coalesce({found}, '{rows.default_owner_id}')"
    return found


def _there(column: PlanColumn) -> str:
    if column.type == BASE64:
        return f"org.{CHECKSUM}"
    return cell_there(column, f"org.{quoted(column.name)}")


def _alias(column: PlanColumn) -> str:
    return quoted(f"to_{column.name}")


def reference_joins(rows: ObjectRows, columns: tuple[PlanColumn, ...]) -> str:
    """Join what each lookup cell means: a record that is there already, or a resolved symbol."""
    return "".join(
        f" left join ({_meaning(rows, column)}) as {_alias(column)}"
        f" on {_alias(column)}.symbol = mart.{quoted(column.name)}"
        for column in columns
        if column.match is not None
    )


def _meaning(rows: ObjectRows, column: PlanColumn) -> str:
    if column.match in MATCHES:
        table = quoted(references_table(rows.mart.sobject))
        return f"select symbol, id from {table} where field = '{column.name}'"  # noqa: S608 - ours
    key_of = "_document" if column.name == DOCUMENT else "_id"
    return " union all ".join(
        f"select _key as symbol, {key_of} as id from {quoted(keys_table(parent))}"  # noqa: S608 - ours
        for parent in column.objects
    )


def write_rows(db: duckdb.DuckDBPyConnection, rows: ObjectRows, *, to: Path) -> None:
    """Write the rows with their operations, parents together, always in the same order."""
    sobject, view = rows.mart.sobject, f"planned_{rows.mart.sobject}"
    names = tuple(column.name for column in rows.columns)
    cells = ", ".join(f"mart.{quoted(name)}" for name in names)
    db.execute(
        f"""
        create or replace temp view {quoted(view)} as
        select mart._key, mart._row_hash, operations._op, operations._id, {cells}
        from {quoted(rows_table(sobject))} as mart
        inner join {quoted(operations_table(sobject))} as operations
            on operations._key is not distinct from mart._key
        """  # noqa: S608 - names of the mapping
    )
    columns = ("_key", "_row_hash", "_op", "_id", *names)
    # Without a parent, the key decides alone.
    parent = rows.mart.lock_parent or "_key"
    write_sorted(db, Unsorted(view, columns, parent, "_key"), to=to)


def write_present(db: duckdb.DuckDBPyConnection, rows: ObjectRows, *, to: Path) -> None:
    """Write a fingerprint of each field that an update may write, as the org has it now."""
    sobject = rows.mart.sobject
    prints = "".join(
        f", {fingerprint(_there(column))} as {quoted(column.name)}"
        for column in rows.columns
        if column.type != BASE64
    )
    db.execute(
        f"""
        copy (
            select org.Id as id{prints}
            from {quoted(values_table(sobject))} as org
            inner join {quoted(operations_table(sobject))} as operations
                on operations._id = org.Id and operations._op = 'update'
            order by org.Id
        ) to {literal(str(to))} (format parquet, compression zstd)
        """  # noqa: S608 - names of the mapping
    )
