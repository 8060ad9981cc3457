"""What is slow or out of sight in an org although it takes the rows: skew, archived activities."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb

from loaders.canonical import quoted
from loaders.plan_columns import OWNER
from loaders.plan_rows import ObjectRows, rows_table
from loaders.plan_store import Finding

# Above it every change of a child may wait for the lock of its parent (Salesforce's own figure).
MOST_CHILDREN = 10_000
# An org's background run archives events, and closed tasks, of this age.
ARCHIVED_AFTER = timedelta(days=365)
_ENDS = {"Event": "EndDateTime", "Task": "ActivityDate"}


def shape_findings(
    db: duckdb.DuckDBPyConnection, rows: ObjectRows, *, now: datetime
) -> list[Finding]:
    """Count what an org takes and a person should have acknowledged; nothing here stops a plan."""
    return [*_skewed(db, rows), *_archived(db, rows, now=now)]


def _skewed(db: duckdb.DuckDBPyConnection, rows: ObjectRows) -> list[Finding]:
    """Count, lookup by lookup, the parents and owners with more rows than locks are made for."""
    sobject = rows.mart.sobject
    found = []
    for column in rows.columns:
        if column.match is None or column.objects == ("RecordType",):
            continue
        heavy, most = _one(
            db,
            f"""
            select count(*), coalesce(max(children), 0) from (
                select count(*) as children from {quoted(rows_table(sobject))}
                where {_is_filled(rows, column.name)}
                group by {quoted(column.name)} having count(*) > {MOST_CHILDREN}
            )
            """,  # noqa: S608 - names of the mapping
        )
        if heavy:
            message = (
                f"{sobject}.{column.name}: {heavy:,} records have more than {MOST_CHILDREN:,} of"
                f" these rows, up to {most:,}; they are sent sorted by parent"
            )
            hint = "load while nobody works in the org, or spread the rows over several parents"
            found.append(
                Finding("parent_skewed", "warn", sobject, column.name, heavy, message, hint)
            )
    return found


def _is_filled(rows: ObjectRows, name: str) -> str:
    """Rows without an owner are all given to the default owner, who then has them together."""
    together = name == OWNER and rows.default_owner_id
    return "true" if together else f"{quoted(name)} is not null"


def _archived(db: duckdb.DuckDBPyConnection, rows: ObjectRows, *, now: datetime) -> list[Finding]:
    sobject = rows.mart.sobject
    end = _ENDS.get(sobject)
    if end not in {column.name for column in rows.columns}:
        return []
    before = (now - ARCHIVED_AFTER).strftime("%Y-%m-%d")
    old, _ = _one(
        db,
        f"select count(*) filter ({quoted(end)} < '{before}'), 0"  # noqa: S608 - ours
        f" from {quoted(rows_table(sobject))}",
    )
    if not old:
        return []
    closed = " once they are closed" if sobject == "Task" else ""
    message = (
        f"{sobject}: {old:,} are older than {ARCHIVED_AFTER.days} days, and the org archives"
        f" them{closed}: lists and reports leave them out, queryAll and our verify find them"
    )
    hint = "tell the users; Salesforce support can lengthen the time until activities are archived"
    return [Finding("activity_archived", "note", sobject, str(end), old, message, hint)]


def _one(db: duckdb.DuckDBPyConnection, query: str) -> tuple[int, int]:
    first, second = db.execute(query).fetchall()[0]
    return int(first), int(second)
