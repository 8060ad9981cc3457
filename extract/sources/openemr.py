"""Reads OpenEMR's own database: the tables that the clinic contract needs, row by row unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import pyarrow as pa

from extract.checkpoint import Landings
from extract.errors import NothingReadable
from extract.narration import Narrator
from extract.raw_tables import raw_database
from extract.sources.fhir_resources import Cut
from extract.sources.mysql_database import Database, Described, described
from extract.sources.openemr_reader import (
    Reader,
    listed,
    quoted,
    reader_of,
    record_id,
    records,
)
from extract.sources.openemr_tables import OPENEMR_TABLES

PATIENTS = "patient_data"
# Clocks are set back in autumn, and long transactions end later than their rows say.
OVERLAP = timedelta(days=1)
OTHER_SHAPES = """
    select count(*) from {table}
    where system = $system and list_sort(json_keys(doc)) != list_sort($columns::varchar[])
"""


def read_openemr(
    database: Database, landings: Landings, *, narrator: Narrator, at: datetime
) -> None:
    """
    Read every table that the clinic contract needs, and count the others.

    Raises:
        NothingReadable: the database is not OpenEMR's, or holds no patient.
        SourceUnavailable: it cannot be read, or not to the end.

    """
    tables = described(database)
    if PATIENTS not in tables or not count(database, PATIENTS):
        raise NothingReadable(
            f"the database {database.address.database!r} shows no patient",
            hint="check that --url names OpenEMR's own database, and that the user may read it",
        )
    readers = [
        reader_of(name, table, tables[name])
        for name, table in OPENEMR_TABLES.items()
        if name in tables
    ]
    tell_of_missing(tables, landings=landings, narrator=narrator)
    present = ids_present(database, readers, landings=landings)
    landings.forget(present, at=at)
    cursors = cursors_of(readers, landings)
    for reader in readers:
        if not tables[reader.name].is_transactional:
            narrator.say(f"{reader.name}: no InnoDB table, so it is read outside the snapshot")
        read_table(
            database, reader, since=cursors.get(reader.name), landings=landings, narrator=narrator
        )
    partly = {name: ids for name, ids in present.items() if name in cursors}
    read_unseen(database, readers, present=partly, landings=landings, narrator=narrator)
    count_others(database, tables, landings=landings)


def tell_of_missing(
    tables: Mapping[str, Described], *, landings: Landings, narrator: Narrator
) -> None:
    """Say which tables are not there; one that every version has must not be hidden from us."""
    for name, table in OPENEMR_TABLES.items():
        if name in tables:
            continue
        if table.is_late:
            narrator.say(f"{name}: this version of OpenEMR has no such table")
        else:
            narrator.say(f"{name}: the database does not show it")
            landings.refuse(name)


def read_table(
    database: Database,
    reader: Reader,
    *,
    since: str | None,
    landings: Landings,
    narrator: Narrator,
) -> None:
    """
    Read what has changed in a table since a moment, or all of it.

    Raises:
        SourceUnavailable: the table cannot be read, or not to its end.

    """
    landings.begin(
        reader.name,
        is_fresh=since is None,
        has_cursor=reader.touched is not None,
        is_in_order=False,
    )
    if reader.table.only:
        # With its rows, since a landing in between would take what is left for no longer there.
        leave(database, reader.name, where=f"not ({reader.table.only})", landings=landings)
    landings.tally.asked[reader.name] = "all of it" if since is None else f"changed since {since}"
    narrator.begin(reader.name, total=None)
    rows = 0
    for chunk in records(database, reader, since=since):
        landings.take(Cut({reader.name: chunk}, []), origin=reader.name)
        rows += len(chunk.ids)
        narrator.advance(len(chunk.ids))
    landings.end(reader.name)
    narrator.end(reader.name, count=rows)


def cursors_of(readers: Iterable[Reader], landings: Landings) -> dict[str, str]:
    """
    Return, for tables of which not every row has to be read, since when rows may have changed.

    A column that was added since gives every row a value, and touches none of them.
    """
    target = landings.target
    cursors: dict[str, str] = {}
    with raw_database(target.folder.raw_database, read_only=True) as raw:
        for reader in readers:
            known = landings.progress.get(reader.name)
            if reader.touched is None or known is None or known.cursor is None:
                continue
            others = raw.execute(
                OTHER_SHAPES.format(table=target.tables.qualified(reader.name)),
                {"system": target.system, "columns": list(reader.columns)},
            ).fetchall()[0][0]
            if not others:
                since = datetime.fromisoformat(known.cursor) - OVERLAP
                cursors[reader.name] = since.strftime("%Y-%m-%d %H:%M:%S")
    return cursors


def read_unseen(
    database: Database,
    readers: Iterable[Reader],
    *,
    present: Mapping[str, pa.Array],
    landings: Landings,
    narrator: Narrator,
) -> None:
    """
    Read all of a table that was read in part, where a row of it is still not landed.

    A backup and an import bring rows with the times that these once had: asked for by what changed
    since, such a row would never come.

    Raises:
        SourceUnavailable: the table cannot be read, or not to its end.

    """
    if not present:
        return
    unseen = landings.unseen(present)
    for reader in readers:
        if rows := unseen.get(reader.name):
            narrator.say(f"{reader.name}: {rows} rows came with an old time, so all of it is read")
            read_table(database, reader, since=None, landings=landings, narrator=narrator)


def ids_present(
    database: Database, readers: Iterable[Reader], *, landings: Landings
) -> dict[str, pa.Array]:
    """
    Return the ids of all rows that the database has, of each table that was landed before.

    Raises:
        SourceUnavailable: the keys cannot be read, or not to their end.

    """
    landed = landings.landed()
    present = {}
    for reader in readers:
        if landed[reader.name]:
            only = f" where {reader.table.only}" if reader.table.only else ""
            keys = database.rows(
                f"select {listed(reader.table.key)} from {quoted(reader.name)}{only}"  # noqa: S608 - names of the schema
            )
            present[reader.name] = pa.array(map(record_id, keys), pa.string())
    return present


def count_others(database: Database, tables: dict[str, Described], *, landings: Landings) -> None:
    """Count the rows that no clinic entity is made of, so that nothing is left in silence."""
    for name in tables:
        if name not in OPENEMR_TABLES:
            landings.begin(name)
            leave(database, name, landings=landings)


def leave(database: Database, name: str, *, landings: Landings, where: str = "true") -> None:
    """Count the rows of a table that are left behind, if there are any."""
    if left := count(database, name, where=where):
        landings.leave(name, count=left)


def count(database: Database, name: str, *, where: str = "true") -> int:
    """Count rows of a table."""
    statement = f"select count(*) from {quoted(name)} where {where}"  # noqa: S608 - names of the schema
    return sum(int(found or 0) for (found,) in database.rows(statement))
