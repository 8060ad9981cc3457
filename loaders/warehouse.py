"""The warehouse, attached read-only to a workbench, and compared with what was promised."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from loaders.canonical import literal, quoted
from loaders.contract import Mapping, Mart
from loaders.errors import NothingToRead, WarehouseDiffers
from loaders.paths import DataFolder
from loaders.plan_bodies import body_of

_TYPES = {
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "bigint": "BIGINT",
    "integer": "INTEGER",
}


def attach_warehouse(db: duckdb.DuckDBPyConnection, data: DataFolder, *, database: str) -> None:
    """
    Attach the warehouse read-only, under the name that the manifest's relations carry.

    Raises:
        NothingToRead: there is no warehouse, or another process is writing it.

    """
    if not data.warehouse.is_file():
        raise NothingToRead(f"there is no warehouse at {data.warehouse}", hint="dbt build")
    attach_to_read(
        db,
        data.warehouse,
        name=database,
        busy="the warehouse cannot be opened: another process is writing it",
        hint="wait for dbt build to end",
    )


def attach_to_read(
    db: duckdb.DuckDBPyConnection, path: Path, *, name: str, busy: str, hint: str
) -> None:
    """
    Attach a database read-only.

    Raises:
        NothingToRead: another process is writing it.

    """
    try:
        db.execute(f"attach {literal(str(path))} as {quoted(name)} (read_only)")
    except duckdb.IOException as error:
        raise NothingToRead(busy, hint=hint) from error


def compare_with_warehouse(db: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """
    Compare the columns and types that the manifest promises with those that are there.

    Raises:
        WarehouseDiffers: they are not the same; every difference is listed.

    """
    problems: list[str] = []
    for mart in mapping.marts:
        real = relation_types(db, mart.relation)
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
        if body_of(mart) and not _is_indexed(db, mart):
            problems.append(f"{mart.name} has no index on {mart.key[0]}, by which files are read")
    needed = (mapping.picklists_relation, *(relation for _, relation in mapping.audit.named()))
    problems += [f"{name} is not there" for name in needed if relation_types(db, name) is None]
    if problems:
        raise WarehouseDiffers(problems, hint="dbt build")


def _is_indexed(db: duckdb.DuckDBPyConnection, mart: Mart) -> bool:
    table = """'"' || concat_ws('"."', database_name, schema_name, table_name) || '"'"""
    columns = db.execute(
        f"select expressions from duckdb_indexes() where {table} = $relation",  # noqa: S608 - ours
        {"relation": mart.relation},
    ).fetchall()
    return any(re.sub(r"""[\['" \]]""", "", str(row[0])) == mart.key[0] for row in columns)


def relation_types(db: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str] | None:
    """Read the column types of a table; None when it does not exist."""
    try:
        return {str(row[0]): str(row[1]) for row in db.execute(f"describe {relation}").fetchall()}
    except duckdb.CatalogException:
        return None


def _promised_type(data_type: str) -> str:
    return _TYPES.get(data_type) or re.sub(r"\s", "", data_type).upper()


def count(db: duckdb.DuckDBPyConnection, sql: str) -> int:
    """Ask for one whole number."""
    found = db.execute(sql).fetchone()
    return int(found[0]) if found and found[0] is not None else 0
