"""Records that other people add, edit and delete, through the same rules as every write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.model import HeaderError, PermissionDenied, SObject
from loaders.stand_in_org.org import Org
from loaders.stand_in_org.records import cell
from loaders.stand_in_org.soql_answer import Question
from loaders.stand_in_org.soql_compile import compile_soql

Values = Mapping[str, str | float | bool | None]


@dataclass(frozen=True, slots=True)
class Which:
    """The records an act is about: named by id, or by a SOQL condition."""

    sobject: SObject
    where: str
    ids: tuple[str, ...]


def chosen(
    org: Org,
    which: Which,
    *,
    connection: duckdb.DuckDBPyConnection,
    user_id: str,
    deleted: bool = False,
) -> list[str]:
    """
    Give the ids of the records, in their order.

    Raises:
        ApiError: 400 when there are none, or the condition is no SOQL.

    """
    found = list(which.ids)
    if which.where:
        bin_only = "IsDeleted = true AND " if deleted else ""
        soql = f"SELECT Id FROM {which.sobject.name} WHERE {bin_only}({which.where}) ORDER BY Id"  # noqa: S608 - SOQL that its compiler checks
        compiled = compile_soql(
            org, Question(soql=soql, user_id=user_id, now=org.now(), all_rows=deleted)
        )
        rows = connection.execute(compiled.sql, compiled.parameters).to_arrow_table()
        found += rows.column(compiled.id_column or 0).to_pylist()
    if not found:
        raise ApiError(400, "INVALID_ACT", f"no {which.sobject.name} is meant by this")
    return found


def add(org: Org, sobject: SObject, records: Sequence[Values], *, user_id: str) -> list[str]:
    """Insert records; files come with their body."""
    names = sorted({name for record in records for name in record})
    columns = [
        pa.array(
            [cell(record[name]) if name in record else None for record in records], pa.string()
        )
        for name in names
    ]
    with org.acting(user_id) as world:
        return _write(
            org, sobject, "insert", pa.table(columns, names=names), world.connection, user_id
        )


def change(org: Org, which: Which, fields: Values, *, user_id: str) -> list[str]:
    """Set fields of records."""
    with org.acting(user_id) as world:
        ids = chosen(org, which, connection=world.connection, user_id=user_id)
        columns = {
            "Id": pa.array(ids, pa.string()),
            **{
                name: pa.array([cell(value)] * len(ids), pa.string())
                for name, value in fields.items()
            },
        }
        return _write(org, which.sobject, "update", pa.table(columns), world.connection, user_id)


def delete(org: Org, which: Which, *, user_id: str) -> list[str]:
    """Move records to the recycle bin."""
    with org.acting(user_id) as world:
        ids = chosen(org, which, connection=world.connection, user_id=user_id)
        rows = pa.table({"Id": pa.array(ids, pa.string())})
        return _write(org, which.sobject, "delete", rows, world.connection, user_id)


def _write(  # noqa: PLR0913, PLR0917 - one write, whole
    org: Org,
    sobject: SObject,
    operation: str,
    rows: pa.Table,
    connection: duckdb.DuckDBPyConnection,
    user_id: str,
) -> list[str]:
    try:
        done = org.dml(
            sobject.name,
            operation,
            rows,
            user_id=user_id,
            allow_duplicates=True,
            connection=connection,
        ).to_pylist()
    except (HeaderError, PermissionDenied) as problem:
        raise ApiError(400, problem.code, problem.message) from problem
    for row in done:
        if not row["success"]:
            raise ApiError(400, row["status_code"], row["message"], fields=row["fields"])
    return [str(row["id"]) for row in done]
