"""Run a compiled question: its rows, and under them the rows of its children."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from loaders.stand_in_org.org import Org
from loaders.stand_in_org.soql_answer import PARENTS, Compiled


@dataclass(frozen=True, slots=True)
class Children:
    """The children of a result's rows: those of row n are `starts[n]` up to `starts[n + 1]`."""

    result: Result
    starts: list[int]


@dataclass(frozen=True, slots=True)
class Result:
    """A whole answer as it was when the query ran."""

    compiled: Compiled
    rows: pa.Table
    children: tuple[Children, ...] = ()


def run(org: Org, compiled: Compiled, *, within: duckdb.DuckDBPyConnection | None = None) -> Result:
    """Run the question and its children's at one moment, or `within` an open transaction."""
    if within is not None:
        return _result(within, compiled)
    with org.cursor() as cursor:
        if not compiled.children:
            return _result(cursor, compiled)
        cursor.execute("begin transaction")
        try:
            return _result(cursor, compiled)
        finally:
            cursor.execute("rollback")


def _result(cursor: duckdb.DuckDBPyConnection, compiled: Compiled) -> Result:
    rows = cursor.execute(compiled.sql, compiled.parameters).to_arrow_table()
    children = tuple(
        _children(cursor, child, rows.column(compiled.id_column)) for child in compiled.children
    )
    return Result(compiled, rows, children)


def _children(
    cursor: duckdb.DuckDBPyConnection, compiled: Compiled, parents: pa.ChunkedArray
) -> Children:
    ordinals = pa.array(range(len(parents)), pa.int64())
    cursor.register(PARENTS, pa.table({"id": parents, "ordinal": ordinals}))
    try:
        result = _result(cursor, compiled)
    finally:
        cursor.unregister(PARENTS)
    # The statement's last column says whose child a row is, in the order of the parents.
    owners = result.rows.column(result.rows.num_columns - 1)
    counts = dict.fromkeys(range(len(parents)), 0)
    for counted in pc.value_counts(owners).to_pylist():
        counts[counted["values"]] = counted["counts"]
    return Children(result, [0, *accumulate(counts.values())])
