"""The database in memory that the audit thinks in, beside the landed data that it only reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from extract.data_folder import DataFolder
from extract.errors import NothingLanded, RawDatabaseBusy
from extract.incoming import quoted

Database = duckdb.DuckDBPyConnection
Row = dict[str, object]


@contextmanager
def workspace(folder: DataFolder) -> Iterator[Database]:
    """
    Open a database in memory with raw.duckdb beside it, read-only; what is too much is spilled.

    Raises:
        NothingLanded: there is no raw.duckdb.
        RawDatabaseBusy: another process is writing to it.

    """
    if not folder.raw_database.exists():
        raise NothingLanded(
            f"there is no {folder.raw_database.name} to audit", hint="clinic-extract run demo"
        )
    settings: dict[str, str | bool | int | float | list[str]] = {**folder.duckdb_limits}
    with duckdb.connect(":memory:", config=settings) as database:
        database.execute("set TimeZone = 'UTC'")
        attach(database, folder.raw_database, name="raw")
        yield database


def attach(database: Database, path: Path, *, name: str) -> None:
    """
    Attach a database for reading.

    Raises:
        RawDatabaseBusy: another process has it open.

    """
    try:
        database.execute(f"attach {quoted(path)} as {name} (read_only)")
    except duckdb.IOException:
        raise RawDatabaseBusy(
            f"another process has {path.name} open, or it cannot be read",
            hint="end the other process (dbt, a SQL shell), then run the same command again",
        ) from None


def beside(name: str) -> str:
    """Return the text of one of the files beside this module."""
    return (files("extract.audit") / name).read_text(encoding="utf-8")


def sql_about(table: str, name: str) -> str:
    """Return one of the SQL files beside this module, about a table: patterns have braces too."""
    return beside(name).replace("{relation}", table)


def rows(database: Database, query: str, values: object = None) -> list[Row]:
    """Return the few rows that a query leaves, each by its columns' names."""
    answer: pa.Table = database.execute(query, values).to_arrow_table()
    return answer.to_pylist()  # type: ignore[no-any-return]


def document_batches(database: Database, relation: str) -> Iterator[list[str]]:
    """Yield a table's documents in the order of their ids, some thousands at a time."""
    query = f"select doc from {relation} order by system, id"  # noqa: S608 - a table that was found
    for batch in database.execute(query).to_arrow_reader(10_000):
        yield batch.column(0).to_pylist()


def whole(row: Row, name: str) -> int:
    """Return a count out of a row; nothing counts as 0."""
    value = row[name]
    return int(value) if isinstance(value, int | float) else 0
