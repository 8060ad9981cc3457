"""Remembers which files an export had, how they were read, and what tells their rows apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from extract.landing import Target, load_errors
from extract.raw_tables import raw_database
from extract.sources.files_stage import Described, Staged
from extract.sources.files_tables import CATALOGUE

TABLE = """
    create table if not exists {catalogue} (
        system varchar,
        origin varchar,
        table_name varchar,
        sha256 varchar,
        bytes bigint,
        encoding varchar,
        evidence varchar,
        delimiter varchar,
        quote varchar,
        column_names varchar[],
        key_columns varchar[],
        row_count bigint,
        damaged_lines bigint,
        read_at timestamp with time zone
    )
"""
KEYS = """
    select table_name, arg_max(key_columns, read_at)
    from {catalogue} where system = ? and row_count > 0 group by table_name
"""
FILES = "select origin, table_name, sha256 from {catalogue} where system = ?"
FORGET = "delete from {catalogue} where system = ? and origin = ?"
KEEP = "insert into {catalogue} values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier exports of a system told: each table's key, each file's table and digest."""

    keys: Mapping[str, tuple[str, ...]]
    table_of: Mapping[str, str]
    digests: Mapping[str, str]


def known(target: Target) -> Known:
    """
    Read what is known of a system.

    Raises:
        LandingFailed: the database cannot be written.

    """
    name = catalogue_of(target)
    with load_errors(target), raw_database(target.folder.raw_database, read_only=False) as database:
        database.execute(TABLE.format(catalogue=name))
        keys = database.execute(KEYS.format(catalogue=name), [target.system]).fetchall()
        files = database.execute(FILES.format(catalogue=name), [target.system]).fetchall()
    return Known(
        {str(table): tuple(key) for table, key in keys},
        {str(origin): str(table) for origin, table, _ in files},
        {str(origin): str(sha256) for origin, _, sha256 in files},
    )


def remember(
    target: Target,
    read: Sequence[tuple[Described, Staged]],
    *,
    keys: Mapping[str, Sequence[str]],
    at: datetime,
) -> None:
    """
    Write down what was read, before it is landed: a key once used stays, whatever happens next.

    Raises:
        LandingFailed: the database cannot be written.

    """
    name = catalogue_of(target)
    with load_errors(target), raw_database(target.folder.raw_database, read_only=False) as database:
        database.execute("begin")
        for described, staged in read:
            row = row_of(described, staged, key=keys[staged.name])
            whose = [target.system, described.found.origin]
            database.execute(FORGET.format(catalogue=name), whose)
            database.execute(KEEP.format(catalogue=name), [*whose, *row, at])
        database.execute("commit")


def row_of(described: Described, staged: Staged, *, key: Sequence[str]) -> list[object]:
    """Return what is kept of a file, in the order of the table's columns."""
    origin, look, dialect = described.found.origin, described.look, described.dialect
    return [
        staged.name,
        look.sha256,
        look.size,
        *described.encoding,
        dialect.delimiter if dialect else None,
        dialect.quote if dialect else None,
        list(described.columns),
        list(key),
        staged.rows[origin],
        staged.damaged[origin],
    ]


def catalogue_of(target: Target) -> str:
    """Return the catalogue's name in SQL."""
    return f"{target.tables.schema}.{CATALOGUE}"
