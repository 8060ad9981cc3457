"""Whether the parents of a row will be there, told apart from those that wait for a decision."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from loaders.canonical import quoted
from loaders.existing import keys_table
from loaders.plan_rows import HELD_CODES, failures_table, rows_table
from loaders.plan_store import PlanColumn
from loaders.row_errors import PARENT_HELD, PARENT_NOT_FOUND


def allow_parents(db: duckdb.DuckDBPyConnection, sobject: str) -> None:
    """Write down which rows may be sent and which are held, for the children that point to them."""
    failures = quoted(failures_table(sobject))
    db.execute(
        f"""
        create or replace temp table {quoted(_sendable(sobject))} as
        select _key from {quoted(rows_table(sobject))}
        where _key not in (select _key from {failures} where _key is not null);
        create or replace temp table {quoted(_held(sobject))} as
        select _key from {failures} group by _key having bool_and(code in {HELD_CODES})
        """  # noqa: S608 - ours
    )


def parent_conditions(column: PlanColumn) -> dict[str, str]:
    """Give for each code the condition under which a row would point to nothing."""
    value, parents = quoted(column.name), column.objects
    known = _keys([*map(keys_table, parents), *map(_sendable, parents)])
    held = f"{value} in ({_keys(map(_held, parents))})"
    orphan = f"{value} is not null and {value} not in ({known})"
    return {PARENT_NOT_FOUND: f"{orphan} and not {held}", PARENT_HELD: f"{orphan} and {held}"}


def _keys(tables: Iterable[str]) -> str:
    each = (f"select _key from {quoted(table)} where _key is not null" for table in tables)  # noqa: S608 - ours
    return " union all ".join(each)


def _sendable(sobject: str) -> str:
    return f"sendable_{sobject}"


def _held(sobject: str) -> str:
    return f"held_{sobject}"
