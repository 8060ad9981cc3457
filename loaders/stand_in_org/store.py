"""The org's DuckDB file: its bookkeeping tables, its object tables and what is kept of metadata."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path

import duckdb
import pyarrow as pa

from loaders.stand_in_org import ids, java_numbers, normalise
from loaders.stand_in_org.catalogue import is_stored, sql_type, standard_objects, with_fields
from loaders.stand_in_org.model import Field, SObject

FILE = "org.duckdb"

_BOOKKEEPING = (
    'CREATE TABLE "_org" (key VARCHAR PRIMARY KEY, value VARCHAR)',
    'CREATE TABLE "_counter" (key VARCHAR, next BIGINT)',
    'CREATE TABLE "_custom_object" (name VARCHAR, body VARCHAR)',
    'CREATE TABLE "_custom_field" (sobject VARCHAR, name VARCHAR, position BIGINT, body VARCHAR)',
    'CREATE TABLE "_value_set" (kind VARCHAR, name VARCHAR, body VARCHAR)',
    'CREATE TABLE "_setting" (name VARCHAR, value VARCHAR)',
    'CREATE TABLE "_process_value" (process_id VARCHAR, value VARCHAR)',
    # What the matching rules recognise a record by, kept so that no write reads every record.
    'CREATE TABLE "_trait" (sobject VARCHAR, id VARCHAR, trait UBIGINT)',
    # Metadata components as they were deployed, and the names of those that were deleted.
    'CREATE TABLE "_metadata" (kind VARCHAR, full_name VARCHAR, id VARCHAR, body VARCHAR,'
    " created_by VARCHAR, created TIMESTAMP, modified_by VARCHAR, modified TIMESTAMP)",
    'CREATE TABLE "_deleted_metadata" (kind VARCHAR, full_name VARCHAR, deleted TIMESTAMP)',
    'CREATE TABLE "_record_type_value" (record_type_id VARCHAR, field VARCHAR, value VARCHAR)',
)


def quoted(name: str) -> str:
    """Quote an identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """Quote a text for SQL."""
    return "'" + value.replace("'", "''") + "'"


def connect(data: Path) -> duckdb.DuckDBPyConnection:
    """Open the org's file, making the folder and the bookkeeping tables when they are missing."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = duckdb.connect(str(data / FILE))
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET memory_limit = '1GB'")
    # A checkpoint packs whole row groups anew; after every 16 MB (the default) it is a fifth of
    # a large job's work. What is committed is safe in the log before it.
    connection.execute("SET wal_autocheckpoint = '256MB'")
    for macro in (*ids.MACROS, *normalise.MACROS, *java_numbers.MACROS):
        connection.execute(macro)
    return connection


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Keep all that the block writes or, when it raises, nothing."""
    connection.execute("BEGIN")
    done = False
    try:
        yield
        connection.execute("COMMIT")
        done = True
    finally:
        if not done:
            connection.execute("ROLLBACK")


def is_fresh(connection: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether the file holds no org yet."""
    row = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = '_org'"
    ).fetchone()
    return row is None or row[0] == 0


def make_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the bookkeeping tables and one table for each standard object."""
    for statement in _BOOKKEEPING:
        connection.execute(statement)
    for sobject in standard_objects().values():
        make_table(connection, sobject)


def stored_fields(sobject: SObject) -> list[Field]:
    """List the fields that are columns of the object's table."""
    return [field for field in sobject.fields.values() if is_stored(field)]


def make_table(connection: duckdb.DuckDBPyConnection, sobject: SObject) -> None:
    """Create the object's table; IsDeleted is a column even where describe has no such field."""
    columns = {field.name: sql_type(field) for field in stored_fields(sobject)}
    columns.setdefault("IsDeleted", "BOOLEAN")
    body = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
    connection.execute(f"CREATE TABLE {quoted(sobject.table)} ({body})")


def add_column(connection: duckdb.DuckDBPyConnection, sobject: SObject, field: Field) -> None:
    """Add a field's column; rows that exist get its default when it is a checkbox."""
    table = quoted(sobject.table)
    default = f" DEFAULT {field.default_value or 'false'}" if field.type == "boolean" else ""
    connection.execute(
        f"ALTER TABLE {table} ADD COLUMN {quoted(field.name)} {sql_type(field)}{default}"
    )


def drop_column(connection: duckdb.DuckDBPyConnection, sobject: SObject, field: Field) -> None:
    """Drop a field's column with what it holds."""
    connection.execute(f"ALTER TABLE {quoted(sobject.table)} DROP COLUMN {quoted(field.name)}")


def _field_from(body: str) -> Field:
    values = json.loads(body)
    for field in fields(Field):
        if isinstance(values.get(field.name), list):
            values[field.name] = tuple(values[field.name])
    return Field(**values)


def _sobject_from(body: str) -> SObject:
    values = json.loads(body)
    listed = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return SObject(**{**values, **listed}, fields={})


def save_object(connection: duckdb.DuckDBPyConnection, sobject: SObject) -> None:
    """Keep a custom object's own properties; its fields are kept one by one."""
    body = {f.name: getattr(sobject, f.name) for f in fields(SObject) if f.name != "fields"}
    connection.execute('DELETE FROM "_custom_object" WHERE name = ?', [sobject.name])
    connection.execute(
        'INSERT INTO "_custom_object" VALUES (?, ?)', [sobject.name, json.dumps(body)]
    )


def save_field(connection: duckdb.DuckDBPyConnection, sobject: str, field: Field) -> None:
    """Keep a custom field, or a standard one that a deploy has changed."""
    key = [sobject, field.name]
    row = connection.execute(
        'SELECT position FROM "_custom_field" WHERE sobject = ? AND name = ?', key
    ).fetchone()
    position = ids.reserve(connection, "_custom_field", count=1) if row is None else row[0]
    connection.execute('DELETE FROM "_custom_field" WHERE sobject = ? AND name = ?', key)
    connection.execute(
        'INSERT INTO "_custom_field" VALUES (?, ?, ?, ?)',
        [*key, position, json.dumps(asdict(field))],
    )


def forget_field(connection: duckdb.DuckDBPyConnection, sobject: str, name: str) -> None:
    """Drop what is kept of a field."""
    connection.execute(
        'DELETE FROM "_custom_field" WHERE sobject = ? AND name = ?', [sobject, name]
    )


def forget_object(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Drop what is kept of a custom object and its fields."""
    connection.execute('DELETE FROM "_custom_object" WHERE name = ?', [name])
    connection.execute('DELETE FROM "_custom_field" WHERE sobject = ?', [name])


def load_catalogue(connection: duckdb.DuckDBPyConnection) -> dict[str, SObject]:
    """Give every object with every field, deployed ones included, by lower-case name."""
    objects = standard_objects()
    for (body,) in connection.execute('SELECT body FROM "_custom_object" ORDER BY name').fetchall():
        sobject = _sobject_from(body)
        objects[sobject.name.lower()] = sobject
    kept: dict[str, list[Field]] = {}
    for name, body in connection.execute(
        'SELECT sobject, body FROM "_custom_field" ORDER BY position'
    ).fetchall():
        kept.setdefault(name.lower(), []).append(_field_from(body))
    for name, found in kept.items():
        objects[name] = with_fields(objects[name], found)
    return objects


def settings_of(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Give the deployed org settings ("AccountSettings.enableX": "true")."""
    return dict(connection.execute('SELECT name, value FROM "_setting"').fetchall())


def insert_rows(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, object]]
) -> None:
    """Insert the org's own rows (never a client's) as they are."""
    given = list(rows)
    names = dict.fromkeys(name for row in given for name in row)
    columns = pa.table({name: [row.get(name) for row in given] for name in names})
    connection.register("_own_rows", columns)
    connection.execute(f"INSERT INTO {quoted(table)} BY NAME SELECT * FROM _own_rows")
    connection.unregister("_own_rows")
