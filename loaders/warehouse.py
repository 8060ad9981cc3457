"""The warehouse, opened read-only beside a private bench in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from loaders.canonical import literal, load_canonical, quoted
from loaders.contract import Mapping
from loaders.errors import NothingToRead, WarehouseDiffers
from loaders.paths import DataFolder, make_private_folder

_TYPES = {
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "bigint": "BIGINT",
    "integer": "INTEGER",
}


@contextmanager
def open_bench(
    data: DataFolder, *, database: str, memory_limit: str
) -> Iterator[duckdb.DuckDBPyConnection]:
    """
    Open a DuckDB in memory with the warehouse attached read-only, and canonical text known.

    What does not fit into memory spills under the working folder, never elsewhere.

    Raises:
        NothingToRead: there is no warehouse, or another process is writing it.

    """
    if not data.warehouse.is_file():
        raise NothingToRead(f"there is no warehouse at {data.warehouse}", hint="dbt build")
    make_private_folder(data.spill)
    bench = duckdb.connect(config={"memory_limit": memory_limit, "temp_directory": str(data.spill)})
    try:
        try:
            bench.execute(
                f"attach {literal(str(data.warehouse))} as {quoted(database)} (read_only)"
            )
        except duckdb.IOException as error:
            raise NothingToRead(
                "the warehouse cannot be opened: another process is writing it",
                hint="wait for dbt build to end",
            ) from error
        load_canonical(bench)
        yield bench
    finally:
        bench.close()


def compare_with_warehouse(bench: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """
    Compare the columns and types that the manifest promises with those that are there.

    Raises:
        WarehouseDiffers: they are not the same; every difference is listed.

    """
    problems: list[str] = []
    for mart in mapping.marts:
        real = relation_types(bench, mart.relation)
        if real is None:
            problems.append(f"{mart.name} is not there")
            continue
        promised = {column.name: _promised_type(column.data_type) for column in mart.columns}
        problems += [
            f"{mart.name}.{name} is {real.get(name, 'missing')}, promised {promised[name]}"
            for name in promised
            if real.get(name) != promised[name]
        ]
        problems += [
            f"{mart.name}.{name} is not in the manifest" for name in real if name not in promised
        ]
    needed = (mapping.picklists_relation, *(relation for _, relation in mapping.audit.named()))
    problems += [f"{name} is not there" for name in needed if relation_types(bench, name) is None]
    if problems:
        raise WarehouseDiffers(problems, hint="dbt build")


def relation_types(bench: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str] | None:
    """Read the column types of a table; None when it does not exist."""
    try:
        return {
            str(row[0]): str(row[1]) for row in bench.execute(f"describe {relation}").fetchall()
        }
    except duckdb.CatalogException:
        return None


def _promised_type(data_type: str) -> str:
    return _TYPES.get(data_type) or re.sub(r"\s", "", data_type).upper()


def count(bench: duckdb.DuckDBPyConnection, sql: str) -> int:
    """Ask for one whole number."""
    found = bench.execute(sql).fetchone()
    return int(found[0]) if found and found[0] is not None else 0
